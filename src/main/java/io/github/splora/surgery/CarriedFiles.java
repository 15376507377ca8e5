package io.github.splora.surgery;

import java.util.regex.Pattern;

/**
 * The files that are copied from the old folder to the new one. Everything else stays behind: a trainer's folder also holds
 * optimizer states, and the removed deltas in other formats.
 */
enum CarriedFiles {
    /** The files of an adapter: card, licenses, tokenizer, chat templates, processors. */
    ADAPTER(Names.SHARED),
    /** The files of a checkpoint: also its configs and its own code. */
    CHECKPOINT(Names.SHARED + "|" + Names.MODEL);

    /** Regular expressions for whole file names. */
    private static final class Names {

        static final String CARD =
                "(?:README|MODEL_CARD|LICEN[CS]E|COPYING|NOTICE|USE_POLICY|ACCEPTABLE_USE_POLICY)[\\w.-]*";

        static final String TOKENIZER =
                "tokenizer(?:_config)?\\.json|tokenizer\\.model(?:\\.v\\d+)?|[\\w.-]+\\.tiktoken"
                        + "|(?:spiece|spm|sentencepiece(?:\\.bpe)?|source|target|tiktoken)\\.(?:model|spm)|tekken\\.json"
                        + "|special_tokens_map\\.json|added_tokens\\.json|vocab\\.(?:json|txt)|merges\\.txt|bpe\\.codes|entity_vocab\\.json"
                        + "|[\\w.-]+\\.jinja2?|chat_templates?\\.json";

        static final String PROCESSOR =
                "(?:video_|image_)?(?:pre)?processor_config\\.json|feature_extractor_config\\.json"
                        + "|config\\.json|generation_config\\.json";

        static final String SHARED = CARD + "|" + TOKENIZER + "|" + PROCESSOR;

        static final String MODEL =
                "(?:modeling|configuration|tokenization|processing|image_processing|video_processing"
                        + "|feature_extraction|generation|modular)_\\w+\\.py"
                        + "|modules\\.json|sentence_bert_config\\.json|config_sentence_transformers\\.json";

        private Names() {}
    }

    private final Pattern names;

    CarriedFiles(String names) {
        this.names = Pattern.compile(names, Pattern.CASE_INSENSITIVE);
    }

    /** Whether a file of that name is carried over. */
    boolean contains(String fileName) {
        return names.matcher(fileName).matches();
    }
}
