package io.github.splora.client;

import io.github.splora.error.Problem;
import java.util.List;

/**
 * A program that loads adapters, and what it makes of them. An implementation is one file, made known in
 * {@link ClientKind}; where each of its rules comes from is in docs/clients.md.
 */
public interface Client {

    /** Its name, as its users write it. */
    String title();

    /** What an adapter has to be like after a prune. */
    Demands demands();

    /** Everything that it would refuse, leave out or compute otherwise than PEFT; empty if nothing. */
    List<Problem> problems(AdapterContent content);

    /** The same for what shows only beside the model. */
    default List<Problem> problems(AdapterContent content, ModelLayers model) {
        return List.of();
    }
}
