@echo off
rem Runs splora from a bundle, with the bundle's own Java, from any folder.
rem Does the same as the script splora beside it, which says what the options are for.
setlocal disabledelayedexpansion
for %%d in ("%~dp0..") do set "splora_home=%%~fd"
set "splora_lib=%splora_home%\lib"
set "splora_java=%splora_home%\runtime\bin\java.exe"
if exist "%splora_java%" if exist "%splora_lib%\sizes" goto complete
echo splora: "%splora_home%" is not a complete bundle: unpack it again >&2
exit /b 1

:complete
rem The start-up cache fits these jars in this order. Java does not notice that one has been replaced. A batch file cannot
rem tell which file is newer, so a jar of another size leaves the cache out.
set "splora_cache="
if exist "%splora_lib%\splora.aot" set "splora_cache=yes"
set "splora_jars="
for /f "usebackq tokens=1,*" %%s in ("%splora_lib%\sizes") do call :jar "%%s" "%%t"
if exist "%splora_home%\engine\" set "splora_jars=%splora_jars%;%splora_home%\engine\*"
set "splora_start="
if defined splora_cache set splora_start="-XX:AOTCache=%splora_lib%\splora.aot" -Xlog:aot=off -Xlog:cds=off ^
  -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0

if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=PASSIVE"
if not defined CUBLAS_WORKSPACE_CONFIG set "CUBLAS_WORKSPACE_CONFIG=:16:8"

rem A batch file cannot find out whether its streams are terminals, so there are no colors and no progress bar.
"%splora_java%" %splora_start% -XX:+UseSerialGC -XX:MaxNewSize=32m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20 ^
  --enable-native-access=ALL-UNNAMED -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockExperimentalVMOptions ^
  -XX:+EnableVectorSupport --add-modules=jdk.incubator.vector -XX:+EnableVectorReboxing -Dsplora.vectors=true ^
  -XX:Tier3InvocationThreshold=1000 -XX:Tier3MinInvocationThreshold=500 -XX:Tier3CompileThreshold=10000 ^
  -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000 ^
  "-Dsplora.home=%splora_home%" -Dsplora.stdout.tty=false -Dsplora.stderr.tty=false %JAVA_OPTS% -cp "%splora_jars%" io.github.splora.cli.Main %*
exit /b %ERRORLEVEL%

:jar
if defined splora_jars set "splora_jars=%splora_jars%;"
set "splora_jars=%splora_jars%%splora_lib%\%~2"
for %%f in ("%splora_lib%\%~2") do if not "%%~zf"=="%~1" set "splora_cache="
exit /b 0
