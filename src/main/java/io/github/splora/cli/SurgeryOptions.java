package io.github.splora.cli;

import io.github.splora.client.Client;
import io.github.splora.client.ClientKind;
import io.github.splora.client.Demands;
import io.github.splora.run.Surgery;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** What is done to selected modules. */
final class SurgeryOptions {

    /** Those that say how, beside the action itself. */
    static final List<String> NAMES = List.of("--action", "--config-style", "--strength", "--action-energy", "--gain");

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description =
                    "What is done to a selected module: ${COMPLETION-CANDIDATES}. Default: drop; zero for clients that"
                            + " need every module. The others correct the module's factors and keep it.")
    private ActionKind action;

    @Option(
            names = "--config-style",
            paramLabel = "STYLE",
            description =
                    "How a drop is told to PEFT: exclude (exclude_modules), targets (explicit target_modules, for PEFT"
                            + " 0.13 and older), or list (the same, never a regular expression). Default: exclude; list for sglang.")
    private ConfigStyle configStyle;

    @Option(
            names = "--strength",
            paramLabel = "S",
            description =
                    "How far an action that corrects goes, from 0 (not at all) to 1. Default: 1; 0.5 for scale, which"
                            + " multiplies with 1 - S.")
    private Double strength;

    @Option(
            names = "--action-energy",
            paramLabel = "E",
            description =
                    "Share of V's squared norm in the dominant subspaces that attenuate (default: 0.95) and deflate"
                            + " (default: 0.6) look at; project takes that of the reference, --energy.")
    private Double energy;

    @Option(
            names = "--gain",
            paramLabel = "G",
            description = "What deflate multiplies the rest of a delta with. Default: 1.3.")
    private Double gain;

    /** What the user has not said, the client decides. */
    Surgery surgery(ClientKind client) {
        Demands demands = client.client().demands();
        ActionKind chosen = action(demands);
        return new Surgery(
                chosen,
                configStyle == null ? demands.configStyle() : configStyle,
                or(strength, chosen.strength()),
                or(energy, chosen.energy()),
                or(gain, chosen.gain()));
    }

    /** What is wrong with the choices, in a sentence; nothing if all fit together. */
    Optional<String> contradiction(ClientKind choice) {
        Client client = choice.client();
        ActionKind chosen = action(client.demands());
        if (chosen == ActionKind.DROP && client.demands().everyModule()) {
            return Optional.of("--action drop cannot be given with --client " + choice + ": " + client.title()
                    + " leaves out all modules of a type when one layer has none; it takes --action zero");
        }
        if (strength != null && chosen.strength().isEmpty()) {
            return Optional.of("--strength cannot be given with --action " + chosen + ", which is done or not");
        }
        if (energy != null && chosen.energy().isEmpty()) {
            return Optional.of("--action-energy cannot be given with --action " + chosen
                    + ", which looks at no subspaces of its own");
        }
        if (gain != null && chosen.gain().isEmpty()) {
            return Optional.of("--gain goes with --action deflate, not with " + chosen);
        }
        if (strength != null && !(strength >= 0 && strength <= 1)) {
            return Optional.of("--strength " + strength + ": a number from 0 to 1 is expected");
        }
        if (energy != null && !(energy > 0 && energy <= 1)) {
            return Optional.of("--action-energy " + energy + ": a number above 0, up to 1, is expected");
        }
        if (gain != null && !(gain > 0 && Double.isFinite(gain))) {
            return Optional.of("--gain " + gain + ": a number above 0 is expected");
        }
        return Optional.empty();
    }

    private ActionKind action(Demands demands) {
        return action == null ? demands.action() : action;
    }

    private static OptionalDouble or(Double given, OptionalDouble usual) {
        return given == null ? usual : OptionalDouble.of(given);
    }
}
