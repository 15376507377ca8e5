package io.github.splora.score;

/** The references by the names that {@code --reference} takes. */
public enum References {
  ALIGNMENT("alignment", new AlignmentReference()),
  SAFELORA("safelora", new SafeLoraReference());

  private final String label;
  private final Reference reference;

  References(String label, Reference reference) {
    this.label = label;
    this.reference = reference;
  }

  public Reference reference() {
    return reference;
  }

  @Override
  public String toString() {
    return label;
  }
}
