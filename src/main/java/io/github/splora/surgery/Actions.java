package io.github.splora.surgery;

import java.util.function.Function;

/** The actions by the names that {@code --action} takes. */
public enum Actions {
  DROP("drop", DropAction::new),
  ZERO("zero", style -> new ZeroAction());

  private final String label;
  private final Function<ConfigStyle, Action> constructor;

  Actions(String label, Function<ConfigStyle, Action> constructor) {
    this.label = label;
    this.constructor = constructor;
  }

  /** @param style for actions that rewrite the config */
  public Action action(ConfigStyle style) {
    return constructor.apply(style);
  }

  @Override
  public String toString() {
    return label;
  }
}
