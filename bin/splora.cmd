@echo off
rem Runs splora from the repository or from an unpacked distribution, from any folder. Needs Java 17 or newer.
rem Does the same as the script splora beside it, which says what the options are for.
setlocal disabledelayedexpansion
set "splora_home=%~dp0.."

set "splora_jars=%splora_home%\target\splora.jar;%splora_home%\target\lib\*"
if exist "%splora_home%\target\splora.jar" goto built
set "splora_jars=%splora_home%\lib\*"
if exist "%splora_home%\lib\splora.jar" goto built
echo splora: not built yet: run "%splora_home%\mvnw.cmd" -f "%splora_home%" -q -DskipTests package >&2
exit /b 1

:built
set "splora_java=%JAVA_HOME%\bin\java.exe"
if not "%JAVA_HOME%"=="" if exist "%splora_java%" goto java
set "splora_java=java"
where java >nul 2>nul && goto java
echo splora: no Java found: install a JDK 17 or newer, or set JAVA_HOME >&2
exit /b 1

:java
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=PASSIVE"
if not defined CUBLAS_WORKSPACE_CONFIG set "CUBLAS_WORKSPACE_CONFIG=:16:8"

rem A batch file cannot find out whether its streams are terminals, so there are no colors and no progress bar.
"%splora_java%" -XX:+UseSerialGC -XX:MaxNewSize=32m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20 ^
  --enable-native-access=ALL-UNNAMED -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockExperimentalVMOptions ^
  -XX:+EnableVectorSupport --add-exports=java.base/jdk.internal.module=ALL-UNNAMED -Dsplora.vectors=true ^
  -XX:Tier3InvocationThreshold=1000 -XX:Tier3MinInvocationThreshold=500 -XX:Tier3CompileThreshold=10000 ^
  -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000 ^
  "-Dsplora.home=%splora_home%" -Dsplora.stdout.tty=false -Dsplora.stderr.tty=false %JAVA_OPTS% -cp "%splora_jars%" io.github.splora.cli.Main %*
exit /b %ERRORLEVEL%
