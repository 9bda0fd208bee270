using System.Globalization;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;
using Serilog.Sinks.SystemConsole.Themes;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>Creates the server's log. It goes to standard error, so that standard output holds only the lines that scripts wait for.</summary>
internal static class ServerLogging
{
    private const string Template = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    public static ILoggerFactory Create(RoomWsOptions options)
    {
        var level = ToSerilog(options.LogLevel);
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(level)

            // Below warnings, Kestrel logs every connection, which our own log already covers.
            .MinimumLevel.Override("Microsoft", level > LogEventLevel.Warning ? level : LogEventLevel.Warning)

            // The host logs a failed start with its whole stack, before the one line with which the command tells of it.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LevelAlias.Off);

        if (options.LogFormat == LogFormat.Json)
        {
            logger.WriteTo.Console(new JsonFormatter(renderMessage: true), standardErrorFromLevel: LevelAlias.Minimum);
        }
        else
        {
            logger.WriteTo.Console(
                outputTemplate: Template,
                formatProvider: CultureInfo.InvariantCulture,
                standardErrorFromLevel: LevelAlias.Minimum,
                theme: Console.IsErrorRedirected ? ConsoleTheme.None : AnsiConsoleTheme.Literate);
        }

        return LoggerFactory.Create(builder => builder
            .SetMinimumLevel(LogLevel.Trace)
            .AddSerilog(logger.CreateLogger(), dispose: true));
    }

    private static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        LogLevel.Critical => LogEventLevel.Fatal,
        _ => LevelAlias.Off,
    };
}
