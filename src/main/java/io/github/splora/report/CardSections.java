package io.github.splora.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model card without the sections between {@code splora:begin} and {@code splora:end}. Whoever wrote them, and
 * however they spelled the markers: no section but the one that splora adds may look like splora's.
 *
 * @param rest the card without such sections; a marker without a partner stays, like the text next to it
 * @param place where in {@code rest} the first section was; -1 if there was none
 */
record CardSections(String rest, int place) {

    private static final Pattern MARKER =
            Pattern.compile("<!--[\\s-]*splora\\s*:\\s*(begin|end)\\b[^>]*>", Pattern.CASE_INSENSITIVE);

    static CardSections in(String card) {
        Deque<Integer> begins = new ArrayDeque<>();
        StringBuilder rest = new StringBuilder();
        int place = -1;
        int from = 0;
        // Each marker that is never closed would be searched to the end of the card.
        Matcher marker = MARKER.matcher(card).region(0, card.lastIndexOf('>') + 1);
        while (marker.find()) {
            rest.append(card, from, marker.start());
            from = marker.end();
            if (marker.group(1).equalsIgnoreCase("begin")) {
                begins.push(rest.length());
                rest.append(marker.group());
            } else if (begins.isEmpty()) {
                rest.append(marker.group());
            } else {
                // The nearest begin mark: a stray one must not swallow the text after it.
                int begin = begins.pop();
                rest.setLength(begin);
                place = place < 0 ? begin : Math.min(place, begin);
            }
        }
        return new CardSections(rest.append(card, from, card.length()).toString(), place);
    }
}
