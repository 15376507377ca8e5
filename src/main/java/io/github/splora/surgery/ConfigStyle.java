package io.github.splora.surgery;

/** How a config tells PEFT that a module is not part of the adapter any more. */
public enum ConfigStyle {
  /** {@code exclude_modules} names what is gone; PEFT 0.14 and newer. */
  EXCLUDE("exclude"),
  /** {@code target_modules} names what is left; any PEFT. */
  TARGETS("targets");

  private final String label;

  ConfigStyle(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
