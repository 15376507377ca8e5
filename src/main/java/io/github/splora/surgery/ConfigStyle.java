package io.github.splora.surgery;

/** How a config tells PEFT that a module is no longer part of the adapter. */
public enum ConfigStyle {
    /** {@code exclude_modules} names the removed modules; PEFT 0.14 and newer. */
    EXCLUDE("exclude"),
    /** {@code target_modules} names the remaining modules; any PEFT. */
    TARGETS("targets"),
    /** {@code target_modules} is a list of the remaining modules, never a regular expression; any PEFT. */
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
