package io.github.splora.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.report.InputName;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RemovalCurve;
import io.github.splora.report.Reports;
import io.github.splora.report.RunReport;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlWriterTest {

    private static final RunReport REPORT = Reports.of(Reports.PRUNED, Reports.KEPT, Reports.UNSCORED);

    private static String html(RunReport report) {
        return new HtmlWriter().write(report);
    }

    /** Parses the page as XML, without the contents of the style and the script. */
    private static Document page(RunReport report) throws Exception {
        String xml = html(report)
                .replaceFirst("<!DOCTYPE html>\n", "")
                .replaceAll("(?s)(<style>|<script>).*?(</style>|</script>)", "$1$2");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static List<Element> elements(Element parent, String tag) {
        NodeList nodes = parent.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static List<Element> elements(Document page, String tag) {
        return elements(page.getDocumentElement(), tag);
    }

    private static Element byId(Document page, String id) {
        return elements(page, "*").stream()
                .filter(element -> element.getAttribute("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<Element> rows(Document page) {
        return elements(
                (Element) byId(page, "rows").getElementsByTagName("tbody").item(0), "tr");
    }

    private static String name(Element row) {
        return row.getElementsByTagName("th").item(0).getTextContent();
    }

    @Test
    void everyModuleHasALineWithItsDecisionInWords() throws Exception {
        RunReport report = Reports.large(80);
        List<Element> rows = rows(page(report));
        assertThat(rows)
                .extracting(HtmlWriterTest::name)
                .containsExactlyElementsOf(
                        report.modules().stream().map(ModuleRow::name).toList());
        assertThat(rows)
                .filteredOn(row ->
                        row.getElementsByTagName("td").item(0).getTextContent().equals("× prune"))
                .hasSize(report.summary().pruned());
    }

    @Test
    void everyModuleHasACellOfTheHeatmap() throws Exception {
        RunReport report = Reports.large(80);
        List<Element> cells = elements(page(report), "td").stream()
                .filter(cell -> cell.hasAttribute("title"))
                .toList();
        assertThat(cells)
                .extracting(cell -> cell.getAttribute("title"))
                .containsExactlyElementsOf(
                        report.modules().stream().map(ModuleRow::name).toList());
        assertThat(cells)
                .filteredOn(cell -> cell.getTextContent().endsWith(" prune"))
                .hasSize(report.summary().pruned());
    }

    @Test
    void hostileTextStaysText() throws Exception {
        String name = "x.0.<script>alert('1')</script>\"&amp;\u202e\u0007{{report}}";
        Document page = page(Reports.of(Reports.row(name, 1.0, true)));
        assertThat(rows(page))
                .extracting(HtmlWriterTest::name)
                .containsExactly("x.0.<script>alert('1')</script>\"&amp;\ufffd\ufffd{{report}}");
        assertThat(elements(page, "script")).hasSize(2);
    }

    @Test
    void theCurvesFiguresAreThoseOfTheRows() throws Exception {
        RunReport report = Reports.large(4);
        RemovalCurve curve = RemovalCurve.of(report);
        String choices = byId(page(report), "choices").getTextContent();
        assertThat(choices).startsWith("[[0,0,\"0.0%\",").endsWith("]]");
        assertThat(choices.split("],\\[")).hasSize(29);
        assertThat(choices)
                .contains("[" + curve.chosen() + "," + report.summary().pruned() + ",\""
                        + String.format(
                                Locale.ROOT, "%.1f%%", 100 * report.summary().prunedDeltaShare()) + "\",\"0.5\",");
    }

    @Test
    void theHistogramCountsEveryScoreOnTheRightSideOfTheCut() throws Exception {
        RunReport report = Reports.large(80);
        int kept = 0;
        int pruned = 0;
        for (Element title : elements(byId(page(report), "distribution-text").getOwnerDocument(), "title")) {
            Matcher counts = Pattern.compile("(.+) to (.+): (\\d+) to keep, (\\d+) to prune")
                    .matcher(title.getTextContent());
            if (counts.matches()) {
                kept += Integer.parseInt(counts.group(3));
                pruned += Integer.parseInt(counts.group(4));
                assertThat(counts.group(Double.parseDouble(counts.group(1)) >= 0.5 ? 3 : 4))
                        .isEqualTo("0");
            }
        }
        assertThat(pruned).isEqualTo(report.summary().pruned());
        assertThat(kept).isEqualTo(report.summary().modules() - report.summary().pruned());
    }

    @Test
    void thePolicyAllowsTheStyleAndTheScriptOfThePageAndNothingElse() throws Exception {
        String html = html(REPORT);
        assertThat(html)
                .contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '"
                        + hash(html, "style") + "'; script-src '" + hash(html, "script")
                        + "'; base-uri 'none'; form-action 'none'\" />");
        assertThat(html).doesNotContain(" style=\"", " onclick", "javascript:");
    }

    private static String hash(String html, String tag) throws Exception {
        Matcher content =
                Pattern.compile("(?s)<" + tag + ">(.*?)</" + tag + ">").matcher(html);
        assertThat(content.find()).isTrue();
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(content.group(1).getBytes(StandardCharsets.UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }

    @Test
    void thePageNamesNothingOutsideItself() throws Exception {
        assertThat(html(REPORT)).doesNotContain("http:", "https:", "@import", "src=\"");
        assertThat(elements(page(REPORT), "a"))
                .allSatisfy(a -> assertThat(a.getAttribute("href")).startsWith("#"));
    }

    @Test
    void whatLabelsRefersToIsThere() throws Exception {
        Document page = page(REPORT);
        List<String> ids = elements(page, "*").stream()
                .map(e -> e.getAttribute("id"))
                .filter(id -> !id.isEmpty())
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
        for (Element element : elements(page, "*")) {
            for (String id : element.getAttribute("aria-labelledby").split(" ", -1)) {
                assertThat(id.isEmpty() || ids.contains(id)).as(id).isTrue();
            }
        }
    }

    @Test
    void inputsHashesCommandAndLimitsAreNamed() throws Exception {
        assertThat(page(REPORT).getDocumentElement().getTextContent())
                .contains("ünïcode/aligned", "fingerprint cd", "weights sha256 ef", "config sha256 01")
                .contains("splora score --adapter 'my lora'")
                .contains("does not prove that a model is safe")
                .contains("Warning: beware");
    }

    /** Returns the value of a setting on the page. */
    private static String setting(RunReport report, String name) throws Exception {
        List<Element> names = elements(page(report), "dt");
        List<Element> values = elements(page(report), "dd");
        int place = names.stream().map(Element::getTextContent).toList().indexOf(name);
        return values.get(place).getTextContent();
    }

    @Test
    void theActionIsNamedWithTheParametersThatItTakes() throws Exception {
        assertThat(setting(REPORT, "action")).isEqualTo("drop, config style exclude");
        assertThat(setting(Reports.withAction(REPORT, "zero", "exclude", null, null, null), "action"))
                .isEqualTo("zero");
        assertThat(setting(Reports.withAction(REPORT, "scale", "exclude", 0.5, null, null), "action"))
                .isEqualTo("scale, strength 0.5");
        assertThat(setting(Reports.withAction(REPORT, "deflate", "exclude", 0.7, null, 1.87234), "action"))
                .isEqualTo("deflate, strength 0.7, gain 1.872");
    }

    @Test
    void ofAMergedCheckpointThePageSaysThatAlignedValuesAreRestored() throws Exception {
        assertThat(setting(Reports.merged(REPORT), "action"))
                .isEqualTo("selected weights are restored to their aligned values");
        assertThat(page(Reports.merged(REPORT)).getDocumentElement().getTextContent())
                .doesNotContain("style null");
    }

    @Test
    void aReportWithoutScoresHasNoChartsAndOneWithoutACommandNoCommand() throws Exception {
        assertThat(html(Reports.of("none", null, true, Reports.UNSCORED)))
                .contains("No module has a score")
                .doesNotContain("<svg viewBox");
        Document page = page(Reports.of("none", null, true, Reports.KEPT));
        assertThat(elements(page, "line"))
                .noneMatch(line -> line.getAttribute("class").equals("cut"));
    }

    @Test
    void whereNothingIsRemovedThePageDoesNotSayThatAnythingIs() throws Exception {
        RunReport deflated = Reports.done(Reports.withRows(
                Reports.withAction(REPORT, "deflate", null, 0.7, null, 1.5),
                List.of(Reports.PRUNED.corrected(24, 2.0), Reports.KEPT, Reports.UNSCORED)));
        Document page = page(deflated);
        String text = page.getDocumentElement().getTextContent();
        assertThat(text)
                .contains("1 of 3 modules deflated", "modules deflated", "strength", "gain", "8 → 24", "44.4%")
                .doesNotContain("prune", "remove", "Remov", "× ");
        assertThat(elements(page, "input"))
                .noneMatch(input -> input.getAttribute("type").equals("range"));
        assertThat(elements(rows(page).get(0), "td").get(0).getTextContent()).isEqualTo("• deflated");
        assertThat(elements(rows(page).get(1), "td").get(0).getTextContent()).isEqualTo("kept");
    }

    @Test
    void whereAllModulesAreSelectedNoneIsMarked() throws Exception {
        Document page = page(Reports.done(
                Reports.withAction(Reports.of("all", null, false, Reports.PRUNED), "repair", null, 0.7, null, 1.5)));
        assertThat(elements(rows(page).get(0), "td").get(0).getTextContent()).isEqualTo("repaired");
        assertThat(elements(page, "td"))
                .noneMatch(cell -> cell.getAttribute("class").contains("cut-cell"));
        assertThat(page.getDocumentElement().getTextContent()).contains("The selection does not depend on it");
    }

    @Test
    void barsAreAsLongAsTheScores() throws Exception {
        Document page = page(Reports.of(
                Reports.row("a.0.q", 3.67, true),
                Reports.row("a.1.q", 1.07, true),
                Reports.row("a.2.q", -0.5, false),
                Reports.row("a.3.q", 0.1, false),
                Reports.row("a.4.q", 0.1, false),
                Reports.row("a.5.q", 0.2, false)));
        List<Element> bars =
                rows(page).stream().map(row -> elements(row, "rect").get(0)).toList();
        List<Double> widths = bars.stream()
                .map(bar -> Double.valueOf(bar.getAttribute("width")))
                .toList();
        assertThat(widths.get(0) / widths.get(1)).isCloseTo(3.67 / 1.07, within(0.1));
        assertThat(widths.get(1) / widths.get(2)).isCloseTo(1.07 / 0.5, within(0.1));
        assertThat(bars.get(1).getAttribute("x")).isEqualTo(bars.get(0).getAttribute("x"));
        assertThat(Double.parseDouble(bars.get(2).getAttribute("x")) + widths.get(2))
                .isCloseTo(Double.parseDouble(bars.get(0).getAttribute("x")), within(0.11));
    }

    @Test
    void theTitleIsTheAdaptersName() throws Exception {
        RunReport report = Reports.changed(
                REPORT, json -> ((ObjectNode) json.at("/inputs/adapter")).put("path", "/home/me/runs/my-lora"));
        Document page = page(report);
        assertThat(elements(page, "title").get(0).getTextContent()).isEqualTo("splora report: my-lora");
        assertThat(elements(page, "h1").get(0).getTextContent()).isEqualTo("my-lora");
    }

    @ParameterizedTest
    @CsvSource({
        "org/name, org/name",
        "org/name@main, org/name@main",
        "/a/b/my-lora, my-lora",
        "../x/my-lora/, my-lora",
        "/a/my-lora/adapter_model.safetensors, my-lora"
    })
    void nameOfAnInput(String given, String name) {
        assertThat(InputName.of(given)).isEqualTo(name);
    }
}
