package io.github.splora.cli;

import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListResourceBundle;
import java.util.Map;
import java.util.stream.Collectors;

/** Variables for help texts: {@code ${bundle:default-of.strength}} lists the default strength of each action. */
final class HelpVariables extends ListResourceBundle {

    /** Without a prefix, picocli would use the variable as the description of the option with the same name. */
    private static final String PREFIX = "default-of.";

    @Override
    protected Object[][] getContents() {
        return Arrays.stream(ActionParameter.values())
                .map(parameter -> new Object[] {PREFIX + parameter, defaults(parameter)})
                .toArray(Object[][]::new);
    }

    /** Returns {@code 0.5 for scale; 1 for project, attenuate}. */
    private static String defaults(ActionParameter parameter) {
        Map<Double, List<ActionKind>> actions = ActionKind.taking(parameter).stream()
                .collect(Collectors.groupingBy(
                        action -> action.defaults().get(parameter), LinkedHashMap::new, Collectors.toList()));
        return actions.entrySet().stream()
                .map(each -> parameter.asOption(each.getKey()).replaceFirst("\\.0$", "") + " for "
                        + each.getValue().stream().map(ActionKind::toString).collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
    }
}
