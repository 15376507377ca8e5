package io.github.splora.cli;

import io.github.splora.client.Client;
import io.github.splora.client.ClientKind;
import io.github.splora.client.Demands;
import io.github.splora.run.Surgery;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import io.github.splora.surgery.ConfigStyle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what is done to selected modules. */
final class SurgeryOptions {

    /** The names of all these options. */
    static final List<String> NAMES = Stream.concat(
                    Stream.of("--action", "--config-style"),
                    Arrays.stream(ActionParameter.values()).map(ActionParameter::option))
            .toList();

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description = "Action on the selected modules: ${COMPLETION-CANDIDATES}. drop and zero remove a module's"
                    + " effect; the others correct its factors and keep it. Default: drop; zero for clients that"
                    + " need every module.")
    private @Nullable ActionKind action;

    @Option(
            names = "--config-style",
            paramLabel = "STYLE",
            description =
                    "How the config tells PEFT about dropped modules: exclude (exclude_modules), targets (explicit"
                            + " target_modules, for PEFT 0.13 and older), or list (like targets, but never a regular"
                            + " expression). Default: exclude; list for sglang.")
    private @Nullable ConfigStyle configStyle;

    @Option(
            names = "--action-energy",
            paramLabel = "E",
            converter = ShareConverter.class,
            description = "Share of the alignment delta's squared norm that the dominant subspaces of attenuate hold."
                    + " Not used by project, which uses --energy. Default: ${bundle:default-of.energy}.")
    private @Nullable Double energy;

    @Mixin
    RepairOptions repair;

    /** Returns the surgery: the user's options, with the client's defaults for the others. */
    Surgery surgery(ClientKind client) {
        Demands demands = client.client().demands();
        ActionKind chosen = action(demands);
        return new Surgery(
                chosen,
                configStyle == null ? demands.configStyle() : configStyle,
                RepairOptions.parameters(chosen, given()));
    }

    /** Returns a sentence that says what is wrong with the options; empty if nothing is. */
    Optional<String> contradiction(ClientKind choice) {
        Client client = choice.client();
        ActionKind chosen = action(client.demands());
        if (chosen == ActionKind.DROP && client.demands().everyModule()) {
            return Optional.of("--action drop cannot be given with --client " + choice + ": " + client.title() + " "
                    + client.whyEveryModule() + "; use --action zero");
        }
        Optional<String> misplaced = given().keySet().stream()
                .filter(parameter -> !chosen.defaults().containsKey(parameter))
                .findFirst()
                .map(parameter -> parameter.option() + " requires --action "
                        + alternatives(ActionKind.taking(parameter)) + " (got " + chosen + ")");
        return misplaced.or(() -> RepairOptions.contradiction(chosen, given()));
    }

    /** Returns the parameters that the user has set. */
    private Map<ActionParameter, Double> given() {
        Map<ActionParameter, Double> given = repair.given();
        if (energy != null) {
            given.put(ActionParameter.ENERGY, energy);
        }
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
