package io.github.splora.client;

import io.github.splora.error.Problem;
import java.util.List;

/**
 * A program that loads adapters, and its rules for them. Each implementation is one file, registered in
 * {@link ClientKind}; docs/clients.md gives the source of each rule.
 */
public interface Client {

    /** Returns the client's name as its users write it. */
    String title();

    /** Returns this client's requirements for pruned adapters. */
    Demands demands();

    /**
     * Returns everything that the client would reject, ignore or compute differently from PEFT; empty if there is
     * nothing.
     */
    List<Problem> problems(AdapterContent content);

    /** Returns what users have to set up for an adapter that the client loads, in sentences. */
    default List<String> requirements(AdapterContent content) {
        return List.of();
    }

    /** Returns a clause that says why the client needs every module, if it does. */
    default String whyEveryModule() {
        return "skips all modules of a type if one layer has none";
    }

    /** Whether the rank must stay what it is, because other adapters are served together with this one. */
    default boolean keepsRank() {
        return false;
    }

    /** Whether the client takes a zip archive of weights and config. */
    default boolean takesArchive() {
        return false;
    }

    /** Returns the problems that only show together with the model. */
    default List<Problem> problems(AdapterContent content, ModelLayers model) {
        return List.of();
    }
}
