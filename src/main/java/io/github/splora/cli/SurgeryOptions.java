package io.github.splora.cli;

import io.github.splora.client.Client;
import io.github.splora.client.ClientKind;
import io.github.splora.client.Demands;
import io.github.splora.run.Surgery;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import io.github.splora.surgery.ConfigStyle;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is done to selected modules. */
final class SurgeryOptions {

    /** All of them. */
    static final List<String> NAMES = Stream.concat(
                    Stream.of("--action", "--config-style"),
                    Arrays.stream(ActionParameter.values()).map(ActionParameter::option))
            .toList();

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description =
                    "What is done to a selected module: ${COMPLETION-CANDIDATES}. Default: drop; zero for clients that"
                            + " need every module. The others correct the module's factors and keep it.")
    private @Nullable ActionKind action;

    @Option(
            names = "--config-style",
            paramLabel = "STYLE",
            description =
                    "How a drop is told to PEFT: exclude (exclude_modules), targets (explicit target_modules, for PEFT"
                            + " 0.13 and older), or list (the same, never a regular expression). Default: exclude; list for sglang.")
    private @Nullable ConfigStyle configStyle;

    @Option(
            names = "--strength",
            paramLabel = "S",
            description =
                    "How far an action that corrects goes, from 0 (not at all) to 1; scale multiplies by 1 - S. Default:"
                            + " ${bundle:default-of.strength}.")
    private @Nullable Double strength;

    @Option(
            names = "--action-energy",
            paramLabel = "E",
            description =
                    "Share of V's squared norm in the dominant subspaces that the action uses; project uses those of the"
                            + " reference (--energy). Default: ${bundle:default-of.energy}.")
    private @Nullable Double energy;

    @Option(
            names = "--gain",
            paramLabel = "G",
            description = "Factor by which the rest of a delta is multiplied. Default: ${bundle:default-of.gain}.")
    private @Nullable Double gain;

    /** What is done; the client decides what the user has not said. */
    Surgery surgery(ClientKind client) {
        Demands demands = client.client().demands();
        ActionKind chosen = action(demands);
        Map<ActionParameter, Double> parameters = new EnumMap<>(ActionParameter.class);
        parameters.putAll(chosen.defaults());
        parameters.putAll(given());
        return new Surgery(chosen, configStyle == null ? demands.configStyle() : configStyle, parameters);
    }

    /** What is wrong with the choices, in a sentence; nothing if all fit together. */
    Optional<String> contradiction(ClientKind choice) {
        Client client = choice.client();
        ActionKind chosen = action(client.demands());
        if (chosen == ActionKind.DROP && client.demands().everyModule()) {
            return Optional.of("--action drop cannot be given with --client " + choice + ": " + client.title()
                    + " leaves out all modules of a type when one layer has none; it takes --action zero");
        }
        Optional<String> misplaced = given().keySet().stream()
                .filter(parameter -> !chosen.defaults().containsKey(parameter))
                .findFirst()
                .map(parameter -> parameter.option() + " requires --action "
                        + alternatives(ActionKind.taking(parameter)) + " (got " + chosen + ")");
        return misplaced.or(() -> given().entrySet().stream()
                .flatMap(each -> each.getKey().contradiction(each.getValue()).stream())
                .findFirst());
    }

    /** The parameters that the user has set. */
    private Map<ActionParameter, Double> given() {
        Map<ActionParameter, Double> given = new EnumMap<>(ActionParameter.class);
        given.put(ActionParameter.STRENGTH, strength);
        given.put(ActionParameter.ENERGY, energy);
        given.put(ActionParameter.GAIN, gain);
        given.values().removeIf(Objects::isNull);
        return given;
    }

    private static String alternatives(List<ActionKind> actions) {
        int last = actions.size() - 1;
        String first =
                actions.subList(0, last).stream().map(ActionKind::toString).collect(Collectors.joining(", "));
        return first + (last == 0 ? "" : " or ") + actions.get(last);
    }

    private ActionKind action(Demands demands) {
        return action == null ? demands.action() : action;
    }
}
