package io.github.splora.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.error.Problem;
import io.github.splora.json.StrictJson;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Fireworks AI: ranks from 4 to 64, a list of target modules of certain names; other fields of the config are ignored. */
final class FireworksClient extends HostedClient {

    private static final int LOWEST_RANK = 4;
    private static final int HIGHEST_RANK = 64;
    private static final Set<String> TARGETS = Set.of(
            "q_proj",
            "k_proj",
            "v_proj",
            "o_proj",
            "up_proj",
            "w1",
            "down_proj",
            "w2",
            "gate_proj",
            "w3",
            "block_sparse_moe.gate");

    @Override
    public String title() {
        return "Fireworks";
    }

    @Override
    List<Problem> documented(AdapterContent content) {
        int rank = content.config().rank();
        Stream<Problem> ofRank = rank >= LOWEST_RANK && rank <= HIGHEST_RANK
                ? Stream.of()
                : field(
                        content,
                        "r",
                        rank,
                        "Fireworks loads ranks from " + LOWEST_RANK + " to " + HIGHEST_RANK + " only");
        return Stream.concat(ofRank, ofTargets(content)).toList();
    }

    private static Stream<Problem> ofTargets(AdapterContent content) {
        JsonNode targets = content.config().toJson().path("target_modules");
        if (!targets.isArray()) {
            return field(
                    content,
                    "target_modules",
                    targets.isMissingNode() ? "(absent)" : targets,
                    "Fireworks requires a list of names here");
        }
        List<String> unknown = StrictJson.texts(targets).stream()
                .filter(target -> !TARGETS.contains(target))
                .toList();
        return unknown.isEmpty()
                ? Stream.of()
                : field(
                        content,
                        "target_modules",
                        unknown.get(0),
                        "Fireworks does not support LoRA on this layer" + Findings.andOthers(unknown.size())
                                + "; merge the adapter into the model for this client");
    }
}
