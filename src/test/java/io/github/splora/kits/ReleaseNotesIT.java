package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/release_notes.sh} takes the notes of a release from a changelog. */
class ReleaseNotesIT {

    @TempDir
    Path folder;

    private Path changelog;

    @BeforeEach
    void writeChangelog() throws Exception {
        changelog = Files.writeString(
                folder.resolve("CHANGELOG.md"),
                """
        # Changelog

        ## [Unreleased]

        ## [0.10.0] - 2026-03-01

        ### Added

        - Ten, with
          two lines.


        ### Fixed

        - [A link](https://example.com).

        ## [0.1.0-rc.1] - 2026-02-01
        - A candidate.
        ## 0.1.0 - 2026-01-01

        - One.

        [0.10.0]: https://example.com/v0.10.0
        [0.1.0]: https://example.com/v0.1.0
        """);
    }

    private Shell notes(String version) throws Exception {
        return Shell.run(
                folder,
                Shell.environment(),
                List.of(Shell.HOME.resolve("scripts/release_notes.sh").toString(), version, changelog.toString()));
    }

    @Test
    void aSectionIsPrintedWithoutItsHeadingAndTheBlankLinesAroundIt() throws Exception {
        assertThat(notes("0.10.0"))
                .isEqualTo(new Shell(
                        0,
                        """
        ### Added

        - Ten, with
          two lines.


        ### Fixed

        - [A link](https://example.com).
        """,
                        ""));
    }

    @Test
    void theLastSectionEndsBeforeTheLinkDefinitions() throws Exception {
        assertThat(notes("0.1.0")).isEqualTo(new Shell(0, "- One.\n", ""));
    }

    @Test
    void aPreReleaseIsNotTheRelease() throws Exception {
        assertThat(notes("0.1.0-rc.1")).isEqualTo(new Shell(0, "- A candidate.\n", ""));
    }

    @Test
    void aVersionWithoutASectionIsAnError() throws Exception {
        for (String version : List.of("0.2.0", "0.1", "0.10", ".*", "Changelog")) {
            assertThat(notes(version))
                    .isEqualTo(new Shell(
                            1,
                            "",
                            "release_notes: " + changelog + " has no section '## [" + version + "]': add one\n"));
        }
    }

    @Test
    void anEmptySectionIsAnError() throws Exception {
        assertThat(notes("Unreleased"))
                .isEqualTo(new Shell(
                        1,
                        "",
                        "release_notes: section '## [Unreleased]' of " + changelog
                                + " is empty: describe the release\n"));
    }

    @Test
    void aMissingChangelogIsAnError() throws Exception {
        Files.delete(changelog);
        assertThat(notes("0.1.0")).isEqualTo(new Shell(1, "", "release_notes: cannot read " + changelog + "\n"));
    }
}
