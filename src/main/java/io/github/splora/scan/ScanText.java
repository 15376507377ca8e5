package io.github.splora.scan;

import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.report.Figures;
import io.github.splora.scan.Scan.Module;
import io.github.splora.scan.Scan.Picture;
import java.util.ArrayList;
import java.util.List;

/** Writes a scan as a dozen lines of text. */
public final class ScanText {

    private static final int LABEL = 10;
    private static final int MOST_TYPES = 8;
    private static final int MOST_PROBLEMS = 5;

    private ScanText() {}

    /**
     * Returns the text, with a final line break.
     *
     * @param width columns of the terminal, at which sentences are broken, but no commands; 0 for no limit
     */
    public static String write(Scan scan, int width) {
        List<String> lines = new ArrayList<>();
        lines.add(labelled("adapter", adapter(scan.adapter())));
        lines.add(labelled("model", model(scan)));
        lines.add(labelled("fits", fits(scan)));
        scan.problems().stream().skip(1).limit(MOST_PROBLEMS - 1L).forEach(problem -> lines.add(labelled("", problem)));
        if (scan.problems().size() > MOST_PROBLEMS) {
            lines.add(labelled("", "and " + Plural.of(scan.problems().size() - MOST_PROBLEMS, "more problem")));
        }
        Picture picture = scan.picture();
        if (picture != null) {
            lines.add(labelled("absolute", absolute(picture)));
            lines.add(labelled("relative", relative(picture)));
            int longest = picture.highest().stream()
                    .mapToInt(module -> Printable.text(module.name()).length())
                    .max()
                    .orElse(0);
            picture.highest().forEach(module -> lines.add(labelled("", module(module, longest))));
        }
        lines.add(labelled("verdict", scan.verdict()));
        List<String> shown =
                new ArrayList<>(lines.stream().map(line -> broken(line, width)).toList());
        String label = "next";
        for (String command : scan.next()) {
            shown.add(labelled(label, command));
            label = "";
        }
        return String.join("\n", shown) + "\n";
    }

    private static String adapter(Portrait adapter) {
        String ranks = adapter.minRank() == adapter.maxRank()
                ? String.valueOf(adapter.maxRank())
                : adapter.minRank() + " to " + adapter.maxRank();
        List<String> types = adapter.types();
        String named = String.join(", ", types.subList(0, Math.min(MOST_TYPES, types.size())))
                + (types.size() > MOST_TYPES ? ", ..." : "");
        return adapter.kind() + ", rank " + ranks + ", " + Plural.of(adapter.modules(), "module")
                + (adapter.blocks() == 0 ? "" : " in " + Plural.of(adapter.blocks(), "block")) + " (" + named + ")";
    }

    private static String model(Scan scan) {
        String trainedOn = scan.adapter().trainedOn();
        String recorded = trainedOn == null ? "its config names no model" : "trained on " + Printable.text(trainedOn);
        if (scan.models().aligned() == null) {
            return recorded;
        }
        return recorded + "; compared with " + scan.models().aligned()
                + (scan.models().base() == null
                        ? ""
                        : " and, before alignment, " + scan.models().base());
    }

    private static String fits(Scan scan) {
        String first = scan.problems().isEmpty() ? "" : scan.problems().get(0);
        if (scan.fits() == null) {
            return "unknown: " + first;
        }
        return !scan.fits()
                ? "no: " + first
                : "yes: all " + Plural.of(scan.adapter().modules(), "module") + " fit, and PEFT loads them"
                        + (first.isEmpty() ? "" : "; but " + first);
    }

    private static String absolute(Picture picture) {
        Integer against = picture.againstAlignment();
        String moving = against == null
                ? "no module could be compared with alignment"
                : against + " of " + Plural.of(picture.compared(), "module") + " move against alignment, mean cosine "
                        + Figures.number(picture.meanCosine()) + " (-1 would revert it)";
        return moving + "; scores judge "
                + (picture.judgedShare() == null ? "an unknown share" : Figures.percent(picture.judgedShare()))
                + " of the change";
    }

    private static String relative(Picture picture) {
        return (picture.aboveThreshold() == 0 ? "none" : Plural.of(picture.aboveThreshold(), "module"))
                + " above a score of " + Figures.brief(picture.threshold(), 1) + ", far from others of the same kind"
                + (picture.highest().isEmpty() ? "" : "; the highest:");
    }

    private static String module(Module module, int width) {
        String name = Printable.text(module.name());
        return name + " ".repeat(width - name.length()) + "  score " + Figures.number(module.score()) + "  cosine "
                + Figures.number(module.cosine());
    }

    /** Breaks a line between words, and indents what follows. */
    private static String broken(String line, int width) {
        StringBuilder text = new StringBuilder();
        String rest = line;
        while (width > 2 * LABEL && rest.length() > width) {
            int end = rest.lastIndexOf(' ', width);
            if (end <= LABEL) {
                break;
            }
            text.append(rest, 0, end).append('\n');
            rest = " ".repeat(LABEL) + rest.substring(end + 1);
        }
        return text.append(rest).toString();
    }

    private static String labelled(String label, String text) {
        return (label + " ".repeat(LABEL - label.length()) + Printable.line(text)).stripTrailing();
    }
}
