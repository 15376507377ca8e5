package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Users of the library get neither DJL nor PyTorch's library unless they ask for it. */
class PublishedPomTest {

    @Test
    void everythingOfPyTorchIsOptional() throws Exception {
        NodeList dependencies = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new File("pom.xml"))
                .getElementsByTagName("dependency");
        List<String> found = new ArrayList<>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (text(dependency, "groupId").startsWith("ai.djl")) {
                found.add(text(dependency, "artifactId"));
                assertThat(text(dependency, "optional"))
                        .as(text(dependency, "artifactId"))
                        .isEqualTo("true");
            }
        }
        assertThat(found).containsExactly("api", "pytorch-engine", "pytorch-jni", "pytorch-native-cpu");
    }

    private static String text(Element element, String name) {
        NodeList found = element.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }
}
