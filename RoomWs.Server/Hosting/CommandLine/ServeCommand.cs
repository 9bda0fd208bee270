using System.Collections;
using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using RoomWs.Server.Identity;
using RoomWs.Server.Metrics;
using RoomWs.Server.Storage.Postgres;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>serve</c>: runs the server until it is asked to stop.</summary>
internal sealed partial class ServeCommand
{
    public const string Name = "serve";

    private static readonly string Version = typeof(ServeCommand).Assembly.GetName().Version?.ToString(3) ?? "";

    private readonly SettingFlags _flags = new(SettingTable.All);

    private readonly Option<bool> _untilStdinCloses = new("--until-stdin-closes")
    {
        Description = "Drain and exit when standard input ends, so that a child process ends with its parent.",
    };

    private ServeCommand()
    {
    }

    public static Command Create(IDictionary variables, TimeProvider time)
    {
        var serve = new ServeCommand();
        var command = new Command(
            Name,
            """
            Run the server. SIGTERM or Ctrl+C drains it: clients are told to come back later, and what was begun is finished.

            Every setting is a flag, a variable (--limits-members-per-room is ROOMWS_Limits__MembersPerRoom) and a name in the file
            of --config. Relative paths start at the current directory.

            Example, to try it out:  ./run.sh serve --dev
            Example, in production:  ROOMWS_JwtSecret=... ./run.sh serve --host 0.0.0.0 --allowed-origins https://app.example.com
            """)
        {
            serve._untilStdinCloses,
        };
        serve._flags.AddTo(command);
        command.SetAction((parsed, _) => serve.RunAsync(parsed, variables, time));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, IDictionary variables, TimeProvider time)
    {
        var console = parsed.InvocationConfiguration;
        var settings = _flags.Load(parsed, variables);
        IReadOnlyList<string> problems = [.. settings.Problems, .. OtlpVariables.Problems(variables)];
        if (problems.Count > 0)
        {
            foreach (var problem in problems) await console.Error.WriteLineAsync(problem);
            return ExitCode.WrongUsage;
        }

        // First, so that a signal during a slow start also ends in an orderly way.
        using var stop = new StopRequest();
        FileSizeSignal.Ignore();
        if (parsed.GetValue(_untilStdinCloses)) _ = stop.WatchInputAsync();

        using var loggerFactory = ServerLogging.Create(settings.Options);
        // Created before the server and disposed after it, so that the last measurements are sent.
        using var export = OtlpVariables.AskForMetrics(variables) ? StartExport(variables, loggerFactory) : null;
        var logger = loggerFactory.CreateLogger<ServeCommand>();
        RoomWsServer server;
        try
        {
            server = await RoomWsServer.StartAsync(settings.Options, time, loggerFactory, stop.Asked);
        }
        catch (OperationCanceledException) when (stop.Asked.IsCancellationRequested)
        {
            return await EndBeforeListeningAsync(stop, logger, console.Error);
        }
        catch (Exception exception) when (StartupFailure.Describe(exception, settings.Options) is { } reason)
        {
            await console.Error.WriteLineAsync(reason);
            return ExitCode.CouldNotStart;
        }

        await using (server)
        {
            // Otherwise it would be chance whether an input that is at its end already ends the start or what comes after it.
            if (stop.Asked.IsCancellationRequested) return await EndBeforeListeningAsync(stop, logger, console.Error);

            var options = settings.Options;
            NoteStart(logger, options, server.Url);
            if (options.Dev) LogDevelopmentMode(logger);
            using var reload = options.TlsCertificateFile is null || OperatingSystem.IsWindows() ? null : ReloadOnHangup(server);
            await AnnounceAsync(options, server, console.Output);
            await Task.WhenAny(stop.WaitAsync(), server.Core.NameLost);
            if (stop.Asked.IsCancellationRequested) LogDraining(logger, stop.By, options.DrainSeconds, server.ConnectionCount);
            else LogNameLost(logger, options.DrainSeconds, server.ConnectionCount);
            await server.DrainAsync();
        }

        LogStopped(logger);
        return stop.Asked.IsCancellationRequested ? ExitCode.Done : ExitCode.CouldNotStart;
    }

    /// <summary>A signal is an orderly stop at any time. An input that ends before clients could come was never kept open for the server.</summary>
    private static async Task<int> EndBeforeListeningAsync(StopRequest stop, ILogger logger, TextWriter error)
    {
        if (!stop.IsByInput)
        {
            LogStoppedEarly(logger, stop.By);
            return ExitCode.Done;
        }

        await error.WriteLineAsync($"The server did not start, for it was asked to stop by {stop.By}: --until-stdin-closes ends it with the parent that holds its standard input open. Give it an input that stays open, such as a pipe, or leave the flag out.");
        return ExitCode.CouldNotStart;
    }

    private static void NoteStart(ILogger logger, RoomWsOptions options, string url)
    {
        var database = options.Postgres is { } postgres ? PostgresAddress.Place(postgres) : Path.GetFullPath(options.Database);
        var keys = KeyKinds.Of(options);
        LogStarted(logger, Version, url, database, keys);
    }

    /// <summary>A method of its own and not inlined, so that the OpenTelemetry SDK is loaded only if metrics are exported.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport StartExport(IDictionary variables, ILoggerFactory loggers) => new(variables, loggers.CreateLogger<OtlpExport>());

    // Only with TLS. Without it there is nothing to reload, and SIGHUP keeps its usual meaning: the terminal is gone.
    private static PosixSignalRegistration ReloadOnHangup(RoomWsServer server) => PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
    {
        context.Cancel = true;
        server.ReloadCertificate();
    });

    private static async Task AnnounceAsync(RoomWsOptions options, RoomWsServer server, TextWriter output)
    {
        await output.WriteLineAsync($"Listening on {server.Url}");
        if (options.Dev)
            await output.WriteLineAsync($$"""Try: npx -y wscat@6.1.0 -c '{{server.Url}}?user=alice' -x '{"type":"ROOM_CREATE","correlationId":"1","name":"Lobby"}'""");
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "DEVELOPMENT MODE: identities are NOT CHECKED, anyone who can connect can be anyone. Never use --dev where others can reach this port")]
    private static partial void LogDevelopmentMode(ILogger logger);

    [LoggerMessage(EventId = 7001, Level = LogLevel.Information, Message = "RoomWs {Version} listens on {Url}, its database is {Database}, the keys for tokens are {Keys}")]
    private static partial void LogStarted(ILogger logger, string version, string url, string database, string keys);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Information, Message = "Asked to stop by {By}; drains for up to {Seconds} s, open connections: {Connections}")]
    private static partial void LogDraining(ILogger logger, string? by, int seconds, int connections);

    [LoggerMessage(EventId = 7007, Level = LogLevel.Critical, Message = "Another node runs under this one's name, which it has taken while this one could not reach the database; give each a NodeName of its own. Drains for up to {Seconds} s and ends, open connections: {Connections}")]
    private static partial void LogNameLost(ILogger logger, int seconds, int connections);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Information, Message = "Stopped")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(EventId = 7006, Level = LogLevel.Information, Message = "Asked to stop by {By} before it listened; stopped")]
    private static partial void LogStoppedEarly(ILogger logger, string? by);
}
