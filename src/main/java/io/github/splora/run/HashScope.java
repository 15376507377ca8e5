package io.github.splora.run;

/** What is hashed of a checkpoint for the report, as named by {@code --hash}. */
public enum HashScope {
    /** The index, the headers, and a sample of every tensor. */
    HEADERS("headers"),
    /** All bytes of all files, too. */
    ALL("all");

    private final String label;

    HashScope(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
