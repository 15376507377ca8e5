package io.github.splora.report;

import io.github.splora.error.Plural;
import io.github.splora.output.OutputFolder;
import io.github.splora.surgery.ActionKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The section of an adapter's {@code README.md} that says what was removed or corrected, why, by which version, and
 * from which inputs. It is enclosed in two HTML comments. Everything outside, such as the front matter, stays byte for
 * byte.
 */
public final class ModelCard {

    public static final String FILE_NAME = "README.md";

    private static final String BEGIN =
            "<!-- splora:begin: the text between these markers is replaced by 'splora prune' -->";
    private static final String END = "<!-- splora:end -->";
    /** The front matter that the hub needs, for an adapter or model without a card. */
    private static final String NEW_CARD = "---\nlibrary_name: %s\n---\n";

    /** The most files of the output that the card lists; the report has them all. */
    private static final int MOST_FILES = 20;

    private ModelCard() {}

    /**
     * Updates the card in a folder, or writes one. Does nothing if no module was selected.
     *
     * @throws IOException if the card cannot be read or written
     */
    public static void update(Path folder, RunReport report) throws IOException {
        Path card = folder.resolve(FILE_NAME);
        if (report.summary().pruned() == 0 || Files.isDirectory(card)) {
            return;
        }
        // Latin-1 preserves all bytes, whatever encoding the card is in.
        String old = Files.exists(card)
                ? Files.readString(card, StandardCharsets.ISO_8859_1)
                : NEW_CARD.formatted(report.inputs().adapter() == null ? "transformers" : "peft");
        String section = new String(section(report).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        Files.writeString(card, with(section, old), StandardCharsets.ISO_8859_1);
    }

    private static String with(String section, String card) {
        String newLine = card.contains("\r\n") ? "\r\n" : "\n";
        String lines = section.replace("\n", newLine);
        CardSections old = CardSections.in(card);
        if (old.place() >= 0) {
            return old.rest().substring(0, old.place()) + lines + old.rest().substring(old.place());
        }
        String rest = old.rest();
        String gap = rest.isEmpty() ? "" : rest.endsWith("\n") ? newLine : newLine + newLine;
        return rest + gap + lines + newLine;
    }

    private static String section(RunReport report) {
        RunReport.Inputs inputs = report.inputs();
        RunReport.Summary summary = report.summary();
        boolean isMerged = inputs.adapter() == null;
        ActionKind action = report.parameters().actionKind().orElse(ActionKind.DROP);
        int pruned = summary.pruned();
        return BEGIN + "\n"
                + (action.corrects() ? "## Corrected with splora\n\n" : "## Pruned with splora\n\n")
                + Plural.share(pruned, summary.modules(), isMerged ? "weight" : "LoRA module")
                + Plural.choose(pruned, " was ", " were ")
                + (isMerged && action == ActionKind.DROP
                        ? "restored to the aligned model's values"
                        : action.participle())
                + " (" + Markdown.text(Sentences.method(report)) + ")."
                + (report.addedModules().isEmpty()
                        ? ""
                        : " " + Plural.of(report.addedModules().size(), "further linear layer")
                                + Plural.choose(report.addedModules().size(), " became a module.", " became modules."))
                + "\nAll other tensors are bit-identical to the input " + (isMerged ? "checkpoint's" : "adapter's")
                + ".\n\n"
                + Markdown.table(report, Markdown.pruned(report)) + "\n"
                + "- splora " + Markdown.text(report.tool().version())
                + Origins.created(report)
                        .map(time -> ", " + Markdown.text(time))
                        .orElse("") + "; all figures are in `"
                + OutputFolder.REPORT_FILE + "`\n"
                + "- base: " + Markdown.code(InputName.of(inputs.base().path()))
                + ", fingerprint " + Markdown.code(inputs.base().fingerprint())
                + commit(inputs.base().commit()) + "\n"
                + "- aligned: " + Markdown.code(InputName.of(inputs.aligned().path()))
                + ", fingerprint " + Markdown.code(inputs.aligned().fingerprint())
                + commit(inputs.aligned().commit()) + "\n"
                + (isMerged
                        ? "- input: " + Markdown.code(InputName.of(inputs.subject())) + ", fingerprint "
                                + Markdown.code(
                                        Objects.requireNonNull(inputs.adapted()).fingerprint()) + "\n"
                        : "- input adapter: " + Markdown.code(InputName.of(inputs.subject())) + ", SHA-256 "
                                + Markdown.code(
                                        Objects.requireNonNull(inputs.adapter()).sha256())
                                + commit(inputs.adapter().commit()) + "\n")
                + Origins.history(report).stream()
                        .map(step -> "- input before: " + Markdown.text(step) + "\n")
                        .collect(Collectors.joining())
                + Origins.choice(report)
                        .map(choice -> "- chosen: " + Markdown.text(choice) + "\n")
                        .orElse("")
                + Origins.written(report).stream()
                        .filter(file -> !file.name().equals(FILE_NAME))
                        .limit(MOST_FILES)
                        .map(file -> "- output: " + Markdown.code(file.name()) + ", SHA-256 "
                                + Markdown.code(file.sha256()) + "\n")
                        .collect(Collectors.joining())
                + "\n"
                + Markdown.CAVEAT + "\n"
                + END;
    }

    private static String commit(@Nullable String commit) {
        return commit == null ? "" : ", commit " + Markdown.code(commit);
    }
}
