# syntax=docker/dockerfile:1
# docker build -t splora .
# docker run --rm --read-only --tmpfs /tmp --user "$(id -u):$(id -g)" \
#     -v "$HOME/.cache/huggingface/hub:/models:ro" -v "$PWD:/data" splora \
#     prune --base meta-llama/Llama-3.1-8B --aligned meta-llama/Llama-3.1-8B-Instruct \
#     --adapter my-lora --output my-lora-pruned

FROM eclipse-temurin:25-jdk-noble AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl python3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The final image has no shell for the launcher: the class path comes from a file, the options from ENTRYPOINT.
RUN scripts/bundle.py --output /bundle \
    && mv /bundle/splora-*/ /opt/splora \
    && sed 's|^|/opt/splora/lib/|' /opt/splora/lib/classpath | paste -s -d : - | sed 's/^/-cp /' > /opt/splora/lib/java.args

FROM gcr.io/distroless/base-debian12:nonroot
COPY --from=build /opt/splora /opt/splora
# The container may run as any user (--user), so nothing is stored in a home folder.
ENV HOME=/tmp \
    LC_ALL=C.UTF-8 \
    HF_HUB_CACHE=/models
WORKDIR /data
# The options of bin/splora for a bundle.
ENTRYPOINT ["/opt/splora/runtime/bin/java", \
    "-XX:AOTCache=/opt/splora/lib/splora.aot", "-Xlog:aot=off", "-Xlog:cds=off", \
    "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0", \
    "-XX:+UseSerialGC", "-XX:MaxNewSize=32m", "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=20", \
    "--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockExperimentalVMOptions", \
    "-XX:+EnableVectorSupport", "--add-modules=jdk.incubator.vector", "-XX:+EnableVectorReboxing", \
    "-Dsplora.vectors=true", \
    "-XX:Tier3InvocationThreshold=1000", "-XX:Tier3MinInvocationThreshold=500", "-XX:Tier3CompileThreshold=10000", \
    "-XX:Tier4InvocationThreshold=50000", "-XX:Tier4MinInvocationThreshold=6000", "-XX:Tier4CompileThreshold=150000", \
    "-Duser.home=/tmp", "-Dsplora.home=/opt/splora", "-Dsplora.command=splora", \
    "-Dsplora.stdout.tty=false", "-Dsplora.stderr.tty=false", \
    "@/opt/splora/lib/java.args", "io.github.splora.cli.Main"]
CMD ["--help"]
