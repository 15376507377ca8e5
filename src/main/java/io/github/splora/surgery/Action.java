package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.error.BadInputException;
import java.util.Map;
import java.util.Set;

/** What to do with the selected modules. Each implementation is one file, registered in {@link ActionKind}. */
public interface Action {

    /**
     * Checks, before anything is scored, that the action suits this adapter.
     *
     * @throws BadInputException if clients would not load the result as intended
     */
    void requireApplicable(Adapter adapter);

    /**
     * Plans the new adapter without writing anything.
     *
     * @param selected names of modules of {@code adapter}; empty means no change
     * @param corrected the new factors of each selected module, for an action that
     *     {@linkplain ActionKind#corrects corrects}
     * @throws BadInputException if no client would load the result
     */
    Rewrite apply(Adapter adapter, Set<String> selected, Map<String, CorrectedFactors> corrected);

    /** Plans what shows before anything is scored whether a client could load the result. */
    default Rewrite preview(Adapter adapter) {
        return apply(adapter, Set.of());
    }

    /** Plans the new adapter for an action that needs no new factors. */
    default Rewrite apply(Adapter adapter, Set<String> selected) {
        return apply(adapter, selected, Map.of());
    }
}
