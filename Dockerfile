# syntax=docker/dockerfile:1
# docker build -t splora .
# docker run --rm --user "$(id -u):$(id -g)" -v "$HOME/.cache/huggingface/hub:/models:ro" -v "$PWD:/data" splora \
#     prune --base meta-llama/Llama-3.1-8B --aligned meta-llama/Llama-3.1-8B-Instruct \
#     --adapter my-lora --output my-lora-pruned

FROM maven:3.9.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -B -q -ntp clean package -Pdist -DskipTests \
    && mkdir /dist \
    && tar -xzf target/splora-*.tar.gz -C /dist --strip-components=1

FROM eclipse-temurin:17.0.15_6-jre-noble
COPY --from=build /dist /opt/splora
# The container may run as any user (--user), so nothing is stored in a home folder.
ENV PATH=/opt/splora/bin:$PATH \
    HOME=/tmp \
    DJL_CACHE_DIR=/opt/splora/djl \
    HF_HUB_CACHE=/models
# splora unpacks PyTorch's library the first time it needs it: do that here once, not in every container.
RUN --mount=type=bind,from=build,source=/src/testdata/tiny-llama,target=/mnt \
    splora score --kernel djl --base /mnt/base --aligned /mnt/aligned --adapter /mnt/adapter \
    && chmod -R a+rX /opt/splora
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["splora"]
CMD ["--help"]
