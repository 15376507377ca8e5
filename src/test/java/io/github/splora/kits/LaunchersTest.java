package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The launcher for Windows does what the other one does; only CI on Windows can run it. */
class LaunchersTest {

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])(?:-XX:|-Xshare|-D|--add|--enable)[^\\s\"]+");

    private static Set<String> options(String launcher) throws IOException {
        Set<String> options = new TreeSet<>();
        // Only sh knows the home folder and the terminals, and only it starts a bundle's own Java.
        Matcher matcher = OPTION.matcher(Files.readString(Path.of("bin", launcher)));
        while (matcher.find()) {
            if (!matcher.group()
                    .matches(
                            "-Duser[.]home.*|-Dsplora[.](std|columns|command|home).*|-DskipTests.*"
                                    + "|--add-modules=.*|-XX:AOTCache.*|-XX:[+]UnlockDiagnosticVMOptions|-XX:ArchiveRelocation.*")) {
                options.add(matcher.group());
            }
        }
        return options;
    }

    @Test
    void bothPassTheSameOptionsToJava() throws IOException {
        assertThat(options("splora.cmd")).isEqualTo(options("splora")).hasSizeGreaterThan(10);
    }

    /** cmd needs them for labels, and Git leaves files as they are. */
    @Test
    void theOneForWindowsHasItsLineEndings() throws IOException {
        assertThat(Files.readString(Path.of("bin", "splora.cmd")).replace("\r\n", ""))
                .doesNotContain("\r", "\n");
    }
}
