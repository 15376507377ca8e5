package io.github.splora.surgery;

/** How a config tells PEFT that a module is not part of the adapter any more. */
public enum ConfigStyle {
    /** {@code exclude_modules} names what is gone; PEFT 0.14 and newer. */
    EXCLUDE("exclude"),
    /** {@code target_modules} names what is left; any PEFT. */
    TARGETS("targets"),
    /** {@code target_modules} lists what is left, module by module if need be, and is no regular expression; any PEFT. */
    LIST("list");

    private final String label;

    ConfigStyle(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
