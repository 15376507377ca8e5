package io.github.splora.cli;

import io.github.splora.client.ClientKind;
import io.github.splora.run.Candidate;
import io.github.splora.run.Surgery;
import io.github.splora.select.SelectionRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/**
 * A candidate of a sweep, written as a line of {@code splora prune}'s options for scoring, selecting and acting.
 * {@code {a,b}} lists alternatives, so one line may give many candidates.
 */
@Command(name = "candidate")
final class CandidateLine {

    /**
     * The candidates if the user gives none: removal, scaling and repair at several strengths. The repairs include the defaults of
     * {@code splora repair}, and milder ones for an adapter on which those cost too much. Everything that needs V's dominant
     * subspaces (overlap, attenuate, projections onto them) is left out, because it takes hours on large models.
     */
    static final List<String> DEFAULTS = List.of(
            "--fraction {0.1,0.3}",
            "--action scale --all --strength {0.3,0.5}",
            "--action repair --all --strength 0.8 --gain-exponent {1.5,2} --restore 0",
            "--action repair --all --strength {0.7,0.8} --gain-exponent 2 --restore 0.2 --restore-modules adapter",
            "--action repair --all --strength 0.8 --gain-exponent {1,1.5,2,2.5} --restore {0.2,0.3,0.4}",
            "--action repair --all --strength 0.5 --gain-exponent 2 --restore {0.2,0.3}",
            "--action repair --all --strength 0.9 --gain-exponent {1,1.5,2} --restore 0.4");

    /** The candidates with a calibration, if the user gives none: these, and {@link #DEFAULTS}. */
    static final List<String> CALIBRATED = List.of(
            "--action confine --all --task-cosine {0.9,0.93,0.95,0.97}",
            "--action confine --all --task-cosine 0.95 --restore {0.1,0.2}");

    private static final Pattern ALTERNATIVES = Pattern.compile("\\{([^{}]*)}");
    private static final int MOST = 10_000;

    @Mixin
    SchemeOptions scheme;

    @Mixin
    SelectionOptions selection;

    @Mixin
    SurgeryOptions surgery;

    /**
     * Returns the candidates that a line gives.
     *
     * @throws IllegalArgumentException if the line is wrong; the message says why
     */
    static List<Candidate> candidates(String line, ClientKind client) {
        return expanded(line.strip()).stream().map(each -> parsed(each, client)).toList();
    }

    private static List<String> expanded(String line) {
        List<String> done = new ArrayList<>();
        List<String> open = new ArrayList<>(List.of(line));
        while (!open.isEmpty()) {
            String next = open.remove(0);
            Matcher matcher = ALTERNATIVES.matcher(next);
            if (!matcher.find()) {
                done.add(next);
            } else {
                String before = next.substring(0, matcher.start());
                String after = next.substring(matcher.end());
                List<String> choices = Stream.of(matcher.group(1).split(",", -1))
                        .map(choice -> before + choice.strip() + after)
                        .toList();
                open.addAll(0, choices);
            }
            if (done.size() + open.size() > MOST) {
                throw new IllegalArgumentException("'" + line + "' gives more than " + MOST + " candidates");
            }
        }
        return done;
    }

    private static Candidate parsed(String line, ClientKind client) {
        CandidateLine read = new CandidateLine();
        CommandLine commandLine =
                new CommandLine(read).setAbbreviatedOptionsAllowed(false).setExpandAtFiles(false);
        Main.LABELLED.forEach(type -> LabelConverter.register(commandLine, type));
        try {
            commandLine.parseArgs(line.isEmpty() ? new String[0] : line.split("\\s+"));
        } catch (ParameterException e) {
            throw new IllegalArgumentException("'" + line + "': " + e.getMessage(), e);
        }
        Stream.of(read.scheme.contradiction(), read.surgery.contradiction(client), read.selection.contradiction())
                .flatMap(Optional::stream)
                .findFirst()
                .ifPresent(sentence -> {
                    throw new IllegalArgumentException("'" + line + "': " + sentence);
                });
        return read.candidate(line, client);
    }

    private Candidate candidate(String line, ClientKind client) {
        SelectionRule rule = selection
                .chosen()
                .or(() -> scheme.metric.defaultThreshold().stream()
                        .boxed()
                        .findFirst()
                        .map(SelectionRule.Above::new))
                .orElseThrow(() -> new IllegalArgumentException("'" + line + "': --metric " + scheme.metric
                        + " has no default rule: give --threshold, --count, --fraction or --all"));
        Surgery chosen = surgery.surgery(client);
        return new Candidate(
                line, scheme.scheme(), List.of(), rule, selection.granularity(chosen.action(), client), chosen);
    }
}
