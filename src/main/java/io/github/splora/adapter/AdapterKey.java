package io.github.splora.adapter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parsed name of a tensor in a PEFT adapter: {@code base_model.model.<module>.lora_A[.<adapter name>].weight} and
 * its variants.
 *
 * @param module the model's name for the module that the tensor belongs to; null for {@link Part#OTHER}
 * @param part the tensor's role in that module
 * @param adapterName the adapter name that some versions of PEFT leave in the key; "" if there is none
 */
record AdapterKey(@Nullable String module, Part part, String adapterName) {

    /** The role of a tensor in an adapter. */
    enum Part {
        /** {@code [r, in]}. */
        LORA_A,
        /** {@code [out, r]}. */
        LORA_B,
        /** {@code [out]}, with {@code lora_bias}. */
        LORA_B_BIAS,
        /** A of an embedding: {@code [r, tokens]}. */
        EMBEDDING_A,
        /** B of an embedding: {@code [dim, r]}. */
        EMBEDDING_B,
        /** DoRA's magnitudes. */
        MAGNITUDE,
        /** The layer's own weight, saved in full. */
        BASE_WEIGHT,
        /** The layer's own bias, which was also trained ({@code bias}: {@code lora_only} or {@code all}). */
        BASE_BIAS,
        /** Anything that is not part of a low-rank delta: saved heads, trained tokens, … */
        OTHER
    }

    /** Dots match line breaks too: no name, however odd, may hide a module. */
    private static final Pattern LORA = Pattern.compile(
            "(?<module>.+?)\\.(?<matrix>lora_[AB])(?:\\.(?<name>[^.]+))?\\.(?<leaf>weight|bias)", Pattern.DOTALL);

    private static final Pattern EMBEDDING =
            Pattern.compile("(?<module>.+?)\\.(?<matrix>lora_embedding_[AB])(?:\\.(?<name>[^.]+))?", Pattern.DOTALL);
    private static final Pattern DORA = Pattern.compile(
            "(?<module>.+?)\\.lora_magnitude_vector(?:\\.(?<name>(?!weight$)[^.]+))?(?:\\.weight)?", Pattern.DOTALL);

    private static final Pattern BASE_LAYER =
            Pattern.compile("(?<module>.+)\\.base_layer\\.(?<leaf>weight|bias)", Pattern.DOTALL);

    /** Parses a tensor name; any name that is not recognized is {@link Part#OTHER}. */
    static AdapterKey parse(String tensorName) {
        String key =
                tensorName.startsWith(PeftKeys.PREFIX) ? tensorName.substring(PeftKeys.PREFIX.length()) : tensorName;
        Matcher lora = LORA.matcher(key);
        if (lora.matches()) {
            boolean isA = lora.group("matrix").equals("lora_A");
            boolean isWeight = lora.group("leaf").equals("weight");
            if (isWeight || !isA) {
                return of(lora, isA ? Part.LORA_A : isWeight ? Part.LORA_B : Part.LORA_B_BIAS);
            }
        }
        Matcher embedding = EMBEDDING.matcher(key);
        if (embedding.matches()) {
            return of(embedding, embedding.group("matrix").endsWith("A") ? Part.EMBEDDING_A : Part.EMBEDDING_B);
        }
        Matcher dora = DORA.matcher(key);
        if (dora.matches()) {
            return of(dora, Part.MAGNITUDE);
        }
        Matcher base = BASE_LAYER.matcher(key);
        if (base.matches()) {
            return new AdapterKey(
                    base.group("module"), base.group("leaf").equals("weight") ? Part.BASE_WEIGHT : Part.BASE_BIAS, "");
        }
        return new AdapterKey(null, Part.OTHER, "");
    }

    /** Whether the tensor is part of a delta, rather than something saved alongside it. */
    boolean isOfDelta() {
        return part.compareTo(Part.MAGNITUDE) <= 0;
    }

    private static AdapterKey of(Matcher match, Part part) {
        String name = match.group("name");
        return new AdapterKey(match.group("module"), part, name == null ? "" : name);
    }
}
