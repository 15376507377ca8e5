package io.github.splora.client;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.util.List;

/** The clients, by the names that {@code --client} accepts. */
public enum ClientKind {
    PEFT("peft", new PeftClient()),
    VLLM("vllm", new VllmClient()),
    SGLANG("sglang", new SglangClient()),
    TGI("tgi", new TgiClient()),
    LORAX("lorax", new LoraxClient()),
    LLAMA_CPP("llamacpp", new LlamaCppClient()),
    FIREWORKS("fireworks", new FireworksClient()),
    BASETEN("baseten", new BasetenClient()),
    TOGETHER("together", new TogetherClient());

    private final String label;
    private final Client client;

    ClientKind(String label, Client client) {
        this.label = label;
        this.client = client;
    }

    public Client client() {
        return client;
    }

    /**
     * Checks the result of a prune. For PEFT only the tensors' names are checked: the rewritten config has already been
     * checked, and pruning does not cause warnings that PEFT gave before.
     *
     * @throws BadInputException naming everything that the client would not load as intended
     */
    public void requireLoadable(AdapterContent content, ModelLayers model) {
        List<Problem> problems = this == PEFT
                ? PeftClient.unfoundKeys(content)
                : Findings.of(List.of(client.problems(content), client.problems(content, model)));
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    @Override
    public String toString() {
        return label;
    }
}
