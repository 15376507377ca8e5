package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.error.BadInputException;
import java.util.Map;
import java.util.Set;

/** What is done to the selected modules. An implementation is one file, made known in {@link ActionKind}. */
public interface Action {

    /**
     * Checks, before anything is scored, that the action is right for this adapter.
     *
     * @throws BadInputException if clients would load something else than what is meant
     */
    void requireApplicable(Adapter adapter);

    /**
     * Plans the new adapter; nothing is written.
     *
     * @param selected names of modules of {@code adapter}; may be empty, which changes nothing
     * @param corrected for an action that {@linkplain ActionKind#corrects corrects}, the new factors of each selected module
     * @throws BadInputException if no client would load the result
     */
    Rewrite apply(Adapter adapter, Set<String> selected, Map<String, CorrectedFactors> corrected);

    /** Of an action that needs no new factors. */
    default Rewrite apply(Adapter adapter, Set<String> selected) {
        return apply(adapter, selected, Map.of());
    }
}
