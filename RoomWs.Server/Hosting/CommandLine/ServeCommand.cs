using System.Collections;
using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using RoomWs.Server.Metrics;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>serve</c>: runs the server until it is asked to stop.</summary>
internal sealed partial class ServeCommand
{
    public const string Name = "serve";

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

            Example, to try it out:  roomws serve --dev
            Example, in production:  ROOMWS_JwtSecret=... roomws serve --host 0.0.0.0 --allowed-origins https://app.example.com
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
        if (settings.Problems.Count > 0)
        {
            foreach (var problem in settings.Problems) await console.Error.WriteLineAsync(problem);
            return ExitCode.WrongUsage;
        }

        // First, so that a signal during a slow start also ends in an orderly way.
        using var stop = new StopRequest();
        FileSizeSignal.Ignore();
        if (parsed.GetValue(_untilStdinCloses)) _ = stop.WatchAsync(Console.OpenStandardInput());

        using var loggerFactory = ServerLogging.Create(settings.Options);
        // Created before the server and disposed after it, so that the last measurements are sent.
        using var export = OtlpVariables.AskForMetrics(variables) ? StartExport(variables) : null;
        RoomWsServer server;
        try
        {
            server = await RoomWsServer.StartAsync(settings.Options, time, loggerFactory, stop.Asked);
        }
        catch (OperationCanceledException) when (stop.Asked.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        catch (Exception exception) when (StartupFailure.Describe(exception, settings.Options) is { } reason)
        {
            await console.Error.WriteLineAsync(reason);
            return ExitCode.CouldNotStart;
        }

        await using (server)
        {
            if (settings.Options.Dev) LogDevelopmentMode(loggerFactory.CreateLogger<ServeCommand>());
            using var reload = settings.Options.TlsCertificateFile is null || OperatingSystem.IsWindows() ? null : ReloadOnHangup(server);
            await AnnounceAsync(settings.Options, server, console.Output);
            await stop.WaitAsync();
            await server.DrainAsync();
        }

        return ExitCode.Done;
    }

    /// <summary>A method of its own and not inlined, so that the OpenTelemetry SDK is loaded only if metrics are exported.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport StartExport(IDictionary variables) => new(variables);

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
}
