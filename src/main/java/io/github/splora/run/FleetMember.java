package io.github.splora.run;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.report.RunReport;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is known of one adapter of a fleet: its report, or what is wrong with it. */
final class FleetMember {

    private final String given;
    private final AdapterFiles files;
    private @Nullable OpenAdapter adapter;
    private Scoring.@Nullable Group group;
    private @Nullable RunReport report;
    private List<String> problems = List.of();
    private Optional<String> foreign = Optional.empty();

    FleetMember(String given, AdapterFiles files) {
        this.given = given;
        this.files = files;
    }

    /** @param hashes SHA-256 of its files, where nothing is known of their states */
    FleetMember(String given, Map<String, String> hashes) {
        this(given, new AdapterFiles(hashes, new FileStates(List.of())));
    }

    String given() {
        return given;
    }

    /** SHA-256 of its files. */
    Map<String, String> files() {
        return files.hashes();
    }

    /** @throws BadInputException if a file has changed since it was hashed: the ledger vouches for those bytes */
    void requireUnchanged() {
        files.states().requireUnchanged();
    }

    /** The report on it; null if it could not be scored. */
    @Nullable
    RunReport report() {
        return report;
    }

    List<String> problems() {
        return problems;
    }

    /** What says that it was trained on another model. */
    Optional<String> foreign() {
        return foreign;
    }

    boolean isOpen() {
        return adapter != null;
    }

    OpenAdapter adapter() {
        return Objects.requireNonNull(adapter);
    }

    void opened(OpenAdapter found) {
        adapter = found;
    }

    /** Its modules with their weights, after {@link #paired}. */
    Scoring.Group group() {
        return Objects.requireNonNull(group);
    }

    void paired(Scoring.Group found) {
        group = found;
    }

    void reported(RunReport found, Optional<String> trainedElsewhere) {
        report = found;
        foreign = trainedElsewhere;
    }

    void fail(BadInputException e) {
        fail(e.problems().stream().map(Problem::toString).toList());
    }

    void fail(RuntimeException e) {
        fail(List.of("unexpected failure: " + e));
    }

    private void fail(List<String> lines) {
        problems = lines;
        report = null;
        close();
    }

    void close() {
        if (adapter != null) {
            adapter.adapter().close();
            adapter = null;
            group = null;
        }
    }

    /**
     * Does work on all open adapters at once. If it fails, the adapters that it failed for are taken out, and it is done again with the
     * others.
     *
     * @param work receives the adapters that are still open, at least one
     */
    static void together(List<FleetMember> members, Consumer<List<FleetMember>> work) {
        List<FleetMember> open = open(members);
        while (!open.isEmpty()) {
            try {
                work.accept(open);
                break;
            } catch (RuntimeException e) {
                if (!(e instanceof BadInputException bad && dropCulprits(open, bad))) {
                    // Nobody is to blame, or it is a defect: what fails for one adapter must not fail the others.
                    open.forEach(member -> member.alone(work));
                    break;
                }
            }
            open = open(members);
        }
    }

    private static List<FleetMember> open(List<FleetMember> members) {
        return members.stream().filter(FleetMember::isOpen).toList();
    }

    /** Takes the adapters out that the problems name, and returns whether they name any. */
    private static boolean dropCulprits(List<FleetMember> open, BadInputException e) {
        boolean isAnyNamed = false;
        for (FleetMember member : open) {
            OpenAdapter adapter = member.adapter();
            List<String> own = e.problems().stream()
                    .filter(adapter::isNamedIn)
                    .map(Problem::toString)
                    .toList();
            if (!own.isEmpty()) {
                member.fail(own);
                isAnyNamed = true;
            }
        }
        return isAnyNamed;
    }

    private void alone(Consumer<List<FleetMember>> work) {
        try {
            work.accept(List.of(this));
        } catch (BadInputException e) {
            fail(e);
        } catch (RuntimeException e) {
            fail(e);
        }
    }
}
