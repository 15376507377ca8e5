import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar and raises the version of its class files to Java 8's where it is older. Java's AOT cache leaves out classes
 * from before Java 6, which have no stack maps; picocli's are such. Nothing else of the classes changes.
 *
 * <p>{@code java ModernClasses.java FROM.jar TO.jar}: run by {@code scripts/bundle.sh} with JDK 25.
 */
final class ModernClasses {

    private static final int JAVA_6 = 50;

    private ModernClasses() {}

    public static void main(String[] args) throws IOException {
        Path from = Path.of(args[0]);
        try (JarFile jar = new JarFile(from.toFile());
                OutputStream file = Files.newOutputStream(Path.of(args[1]));
                ZipOutputStream to = new ZipOutputStream(file)) {
            ClassHierarchyResolver hierarchy = ClassHierarchyResolver.ofResourceParsing(type -> stream(jar, type.descriptorString()))
                    .orElse(ClassHierarchyResolver.defaultResolver());
            ClassFile files = ClassFile.of(
                    StackMapsOption.GENERATE_STACK_MAPS,
                    ClassFile.ClassHierarchyResolverOption.of(hierarchy));
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                byte[] bytes = jar.getInputStream(entry).readAllBytes();
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                to.putNextEntry(copy);
                to.write(entry.getName().endsWith(".class") ? modern(files, bytes) : bytes);
                to.closeEntry();
            }
        }
    }

    private static byte[] modern(ClassFile files, byte[] bytes) {
        ClassModel model = files.parse(bytes);
        if (model.majorVersion() >= JAVA_6) {
            return bytes;
        }
        // Passing each instruction on makes the library write the code anew, with stack maps.
        ClassTransform code = ClassTransform.transformingMethodBodies(CodeBuilder::with);
        ClassTransform version = ClassTransform.dropping(ClassFileVersion.class::isInstance)
                .andThen(ClassTransform.endHandler(builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0)));
        return files.transformClass(model, code.andThen(version));
    }

    private static InputStream stream(JarFile jar, String descriptor) {
        JarEntry entry = jar.getJarEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
