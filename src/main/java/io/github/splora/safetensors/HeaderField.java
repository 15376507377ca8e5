package io.github.splora.safetensors;

/** How messages name the parts of a header. */
final class HeaderField {

  static final String HEADER = "header";
  static final String HEADER_LENGTH = "header length";
  static final String METADATA = "__metadata__";

  /** Longest part of a name that is quoted, so that what follows it in the message survives shortening. */
  private static final int LONGEST_NAME = 200;

  private HeaderField() {}

  static String tensor(String name) {
    return "tensor " + quoted(name);
  }

  static String tensor(String name, String key) {
    return tensor(name) + " " + key;
  }

  static String metadata(String key) {
    return METADATA + " " + quoted(key);
  }

  private static String quoted(String name) {
    return "'" + shortened(name) + "'";
  }

  static String shortened(String text) {
    return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME) + "…";
  }
}
