package io.github.splora.select;

/** What is selected as one. */
public enum Granularity {
  /** Each module on its own. */
  MODULE("module"),
  /** All modules of a transformer block together, by the mean of their scores. */
  BLOCK("block");

  private final String label;

  Granularity(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
