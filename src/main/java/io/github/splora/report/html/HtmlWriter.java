package io.github.splora.report.html;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import io.github.splora.report.ReportWriter;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * A page for people in one file. Its security policy lets the browser fetch nothing, and run and apply only the one
 * script and the one style that it carries, known by their hashes: whatever a module or a path is called, it stays text.
 */
public final class HtmlWriter implements ReportWriter {

  /** Invisible characters that could turn text round or end it; line breaks are harmless. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}&&[^\\n]]");
  private static final Mustache.Escaper ESCAPER =
      text -> Escapers.HTML.escape(UNPRINTABLE.matcher(text).replaceAll("\ufffd"));

  @Override
  public String write(RunReport report) {
    String style = resource("report.css");
    String script = resource("report.js");
    String policy = "default-src 'none'; style-src '" + hash(style) + "'; script-src '" + hash(script)
        + "'; base-uri 'none'; form-action 'none'";
    return Mustache.compiler()
        .withEscaper(ESCAPER)
        .strictSections(true)
        .nullValue("")
        .compile(resource("report.html"))
        .execute(Page.of(report, policy, style, script));
  }

  /** As a content security policy names an inline script or style. */
  private static String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = HtmlWriter.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
