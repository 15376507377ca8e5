package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.HubCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The manual page in the repository matches the commands and options. */
class ManPageTest {

    private static final Path PAGE = Path.of("docs/man/splora.1");

    /** Returns the program with the options of all commands, which completion needs. */
    static CommandLine program() {
        return Main.commandLine(new String[] {"completion"}, new HubCache(Path.of("no-such-hub")), Terminal.NONE);
    }

    /** After a change of options: {@code mvn test -Dtest=ManPageTest -Dsplora.update=true}. */
    @Test
    void isCurrent() throws IOException {
        String page = ManPage.of(program());
        if (Boolean.getBoolean("splora.update")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("run this test with -Dsplora.update=true to regenerate the page")
                .hasContent(page);
    }

    @Test
    void namesEveryOptionOfEveryCommandAndLeavesNoVariable() {
        String page = ManPage.of(program());
        program().getSubcommands().values().forEach(command -> command.getCommandSpec()
                .options()
                .forEach(
                        option -> assertThat(page).contains(option.longestName().replace("-", "\\-"))));
        assertThat(page).doesNotContain("${");
    }
}
