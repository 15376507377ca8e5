package io.github.splora.report.html;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Fills a page. Its content security policy lets the browser load nothing, and run only the page's own script and
 * style, whose hashes it states. So the name of a module or a path is always just text.
 */
final class Template {

    /** Invisible characters that could reverse or end text; line breaks are harmless. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}&&[^\\n]]");

    private static final Mustache.Escaper ESCAPER =
            text -> Escapers.HTML.escape(UNPRINTABLE.matcher(text).replaceAll("\ufffd"));

    private Template() {}

    /** @param page the data that the template shows */
    static String fill(String template, Object page) {
        return Mustache.compiler()
                .withEscaper(ESCAPER)
                .strictSections(true)
                .nullValue("")
                .compile(resource(template))
                .execute(page);
    }

    /** Returns the content security policy of a page with one style and, unless it is empty, one script. */
    static String policy(String style, String script) {
        return "default-src 'none'; style-src '" + hash(style) + "'; script-src "
                + (script.isEmpty() ? "'none'" : "'" + hash(script) + "'") + "; base-uri 'none'; form-action 'none'";
    }

    static String resource(String name) {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the hash by which a content security policy names an inline script or style. */
    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
