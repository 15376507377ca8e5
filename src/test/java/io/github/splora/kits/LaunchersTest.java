package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The launchers for Windows, which only CI on Windows can run, and the container image start Java as {@code bin/splora} does. */
class LaunchersTest {

    private static final Path SH = Path.of("bin", "splora");
    private static final Path WINDOWS = Path.of("bin", "splora.cmd");
    private static final Path WINDOWS_BUNDLE = Path.of("scripts", "bundle", "splora.cmd");

    private static final Pattern OPTION =
            Pattern.compile("(?<![\\w-])(?:-XX:|-Xshare|-Xlog|-D|--add|--enable)[^\\s\"}]+");

    /** Only sh knows the home folder and the terminals. */
    private static final String OF_SH = "-Duser[.]home.*|-Dsplora[.](std|columns|command|home).*|-DskipTests.*";

    private static final String OF_BUNDLES = "--add-modules=.*|-XX:[+]EnableVectorReboxing|-XX:AOTCache.*|-Xlog.*"
            + "|-XX:[+]UnlockDiagnosticVMOptions|-XX:ArchiveRelocation.*";

    private static final String OF_INSTALLED_JAVA = "--add-exports=.*";

    private static Set<String> options(Path launcher, String except) throws IOException {
        Set<String> options = new TreeSet<>();
        Matcher matcher = OPTION.matcher(Files.readString(launcher));
        while (matcher.find()) {
            if (!matcher.group().matches(OF_SH + "|" + except)) {
                options.add(matcher.group().replaceFirst("^-XX:AOTCache=.*", "-XX:AOTCache"));
            }
        }
        return options;
    }

    @Test
    void bothPassTheSameOptionsToAnInstalledJava() throws IOException {
        assertThat(options(WINDOWS, "none")).isEqualTo(options(SH, OF_BUNDLES)).hasSizeGreaterThan(10);
    }

    @Test
    void bothPassTheSameOptionsToTheJavaOfABundle() throws IOException {
        assertThat(options(WINDOWS_BUNDLE, "none"))
                .isEqualTo(options(SH, OF_INSTALLED_JAVA))
                .hasSizeGreaterThan(15);
    }

    /** The image has no shell for bin/splora. */
    @Test
    void theContainerPassesTheSameOptionsAsABundle() throws IOException {
        assertThat(options(Path.of("Dockerfile"), "none")).isEqualTo(options(SH, OF_INSTALLED_JAVA));
    }

    /** cmd needs them for labels, and Git leaves files as they are. */
    @Test
    void theOnesForWindowsHaveItsLineEndings() throws IOException {
        for (Path launcher : List.of(WINDOWS, WINDOWS_BUNDLE)) {
            assertThat(Files.readString(launcher).replace("\r\n", ""))
                    .as("%s", launcher)
                    .doesNotContain("\r", "\n");
        }
    }
}
