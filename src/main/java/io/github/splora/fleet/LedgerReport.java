package io.github.splora.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.gate.Gate;
import io.github.splora.json.StrictJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger says: the document that {@code splora show LEDGER --format json} prints. Its field names are a contract, like those of
 * {@link io.github.splora.report.RunReport}.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param tool the program that wrote the document
 * @param ledger the file
 * @param adapters number of adapters in the ledger
 * @param verdicts how many of them have each verdict
 * @param sortedBy figure by which the entries are sorted, the worst one first; null if they are sorted by verdict
 * @param entries the latest verdict on each adapter that was asked for
 */
public record LedgerReport(
        int schemaVersion,
        String tool,
        String ledger,
        int adapters,
        Map<String, Integer> verdicts,
        @Nullable String sortedBy,
        List<LedgerEntry> entries) {

    public static final int SCHEMA_VERSION = 1;

    /** The figure that sorts adapters of the same verdict. */
    static final String FIGURE = "max-score";

    private static final String SUFFIX = ".jsonl";
    /** A line of a ledger is a few KB; a longer first line is that of another file. */
    private static final int LONGEST_LINE = 1 << 20;

    /** Figures of which a lower one is worse. */
    private static final Set<String> WORSE_IF_LOWER = Set.of("mean-cosine", "judged-share", "scored");

    /** Whether a file is a ledger, by its name or its first line. */
    public static boolean isIn(Path file) {
        if (file.toString().endsWith(SUFFIX)) {
            return true;
        }
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file);
                BufferedReader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return StrictJson.parsedObject(firstLine(text))
                    .filter(object -> object.has("verdict") && object.has("tableBytes"))
                    .isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private static String firstLine(BufferedReader text) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = text.read(); c >= 0 && c != '\n' && line.length() < LONGEST_LINE; c = text.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /**
     * Reads a ledger, which a run may still be writing: an incomplete last line is left out.
     *
     * @param version of splora
     * @throws BadInputException if it is not a ledger, or holds no complete line
     */
    public static LedgerReport read(Path file, String version) {
        if (!Files.exists(file)) {
            throw new BadInputException(file, null, null, "no such file");
        }
        Map<String, LedgerEntry> latest = new LinkedHashMap<>();
        int[] line = {0};
        Ledger.read(file, json -> {
            line[0]++;
            LedgerEntry entry = entry(file, line[0], json);
            latest.put(entry.adapter(), entry);
        });
        if (latest.isEmpty()) {
            throw new BadInputException(
                    file, null, null, "holds no verdict: 'splora fleet' writes a line once an adapter is judged");
        }
        Map<FleetVerdict, Integer> counts = new EnumMap<>(FleetVerdict.class);
        latest.values()
                .forEach(entry ->
                        counts.merge(FleetVerdict.named(entry.verdict()).orElseThrow(), 1, Integer::sum));
        return new LedgerReport(
                SCHEMA_VERSION,
                "splora " + version,
                file.toString(),
                latest.size(),
                new VerdictCounts(counts).byName(),
                null,
                List.copyOf(latest.values()));
    }

    private static LedgerEntry entry(Path file, int line, ObjectNode json) {
        try {
            LedgerEntry entry = StrictJson.fromTree(file, json, LedgerEntry.class);
            if (entry.isWhole()) {
                return entry;
            }
        } catch (BadInputException e) {
            throw broken(file, line, e);
        }
        throw broken(file, line, null);
    }

    private static BadInputException broken(Path file, int line, @Nullable Exception cause) {
        return new BadInputException(
                file,
                "line " + line,
                null,
                "is not what 'splora fleet' wrote: a field is missing or has the wrong type; restore the file, or judge the"
                        + " adapters again with a new ledger",
                cause);
    }

    /** Returns the same with only some of the entries. */
    public LedgerReport filtered(Predicate<LedgerEntry> filter) {
        return new LedgerReport(
                schemaVersion,
                tool,
                ledger,
                adapters,
                verdicts,
                sortedBy,
                entries.stream().filter(filter).toList());
    }

    /**
     * Returns the same with the entries from worst to best.
     *
     * @param figure the figure that decides, with undefined ones last; empty to sort by verdict, then by {@value #FIGURE}
     */
    public LedgerReport sorted(Optional<String> figure) {
        Comparator<LedgerEntry> byFigure = worstFirst(figure.orElse(FIGURE));
        Comparator<LedgerEntry> byVerdict = Comparator.comparing(
                (LedgerEntry entry) -> FleetVerdict.named(entry.verdict()).orElseThrow(), Comparator.reverseOrder());
        List<LedgerEntry> sorted = new ArrayList<>(entries);
        sorted.sort(figure.isPresent() ? byFigure : byVerdict.thenComparing(byFigure));
        return new LedgerReport(
                schemaVersion, tool, ledger, adapters, verdicts, figure.orElse(null), List.copyOf(sorted));
    }

    private static Comparator<LedgerEntry> worstFirst(String figure) {
        Comparator<Double> order =
                WORSE_IF_LOWER.contains(figure) ? Comparator.naturalOrder() : Comparator.reverseOrder();
        return Comparator.comparing((LedgerEntry entry) -> figure(entry, figure), Comparator.nullsLast(order));
    }

    /** Returns a figure of an entry; null if it is undefined, or if the adapter could not be judged. */
    static @Nullable Double figure(LedgerEntry entry, String name) {
        Number number = entry.figures() == null ? null : Gate.figure(name, entry.figures());
        return number == null ? null : Double.valueOf(number.doubleValue());
    }

    /** Returns a sentence on all adapters of the ledger, without a period. */
    public String conclusion() {
        Map<FleetVerdict, Integer> counts = new EnumMap<>(FleetVerdict.class);
        verdicts.forEach(
                (name, count) -> counts.put(FleetVerdict.named(name).orElseThrow(), Objects.requireNonNull(count)));
        return new VerdictCounts(counts).sentence(adapters);
    }

    /** Returns the document with a final line break. */
    public String toJson() {
        return StrictJson.write(this);
    }

    /** Returns the figures that a table shows: that which sorts it first, then the usual ones. */
    public List<String> shownFigures() {
        return Stream.concat(
                        Stream.ofNullable(sortedBy),
                        Stream.of(FIGURE, "mean-cosine", "against-alignment", "judged-share"))
                .distinct()
                .toList();
    }
}
