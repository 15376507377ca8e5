package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell blocks of docs/tutorial.md and docs/fleet.md, run in order in a new folder, print what is shown there. */
class TutorialIT {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```\\n(?:```text\\n(.*?)^```$)?");

    @TempDir
    Path folder;

    /** Nothing is shortened in this one. */
    @Test
    void outputEqualsThatOfTheTourOfFleets() throws Exception {
        Map<String, String> environment = Shell.environment();
        environment.put("SPLORA", Shell.HOME.toString());
        environment.put("LC_ALL", "C");
        environment.put("SOURCE_DATE_EPOCH", "1800000000");
        Matcher block = BLOCK.matcher(Files.readString(Path.of("docs/fleet.md")));
        int blocks = 0;
        while (block.find()) {
            blocks++;
            Shell run = Shell.run(folder, environment, List.of("bash", "-euo", "pipefail", "-c", block.group(1)));
            assertThat(run.code()).as(block.group(1) + run.err()).isZero();
            assertThat(run.out().replace(Shell.HOME.toString(), "$SPLORA"))
                    .as(block.group(1) + run.err())
                    .isEqualTo(block.group(2) == null ? "" : block.group(2));
        }
        assertThat(blocks).isEqualTo(7);
    }

    @Test
    void outputMatchesTheTutorial() throws Exception {
        Map<String, String> environment = Shell.environment();
        environment.put("SPLORA", Shell.HOME.toString());
        environment.put("LC_ALL", "C");
        Matcher block = BLOCK.matcher(Files.readString(Path.of("docs/tutorial.md")));
        int blocks = 0;
        while (block.find()) {
            blocks++;
            Shell run = Shell.run(folder, environment, List.of("bash", "-euo", "pipefail", "-c", block.group(1)));
            assertThat(run.code()).as(block.group(1) + run.err()).isZero();
            if (block.group(2) != null) {
                String printed = (run.out() + run.err()).replace(Shell.HOME.toString(), "$SPLORA");
                assertThat(printed.lines())
                        .as(block.group(1))
                        .containsAll(block.group(2).lines().toList());
            }
        }
        assertThat(blocks).isGreaterThanOrEqualTo(7);
    }
}
