using System.Collections;
using System.CommandLine;
using System.Globalization;
using System.Net;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>health</c>: asks a running server at OpsPort whether it is healthy, for example from a container's HEALTHCHECK.</summary>
internal sealed class HealthCommand
{
    /// <summary>Longer than the server's own probes, which time out after a second.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly SettingFlags _flags = new([SettingTable.Get(nameof(RoomWsOptions.OpsPort)), SettingTable.Get(nameof(RoomWsOptions.OpsHost))]);

    private HealthCommand()
    {
    }

    public static Command Create(IDictionary variables)
    {
        var health = new HealthCommand();
        var command = new Command(
            "health",
            """
            Ask the server at OpsPort whether it is healthy. Prints its answer in one line, and exits with 0 if it is and 1 if not.

            Example: ./run.sh health --ops-port 9090
            """);
        health._flags.AddTo(command);
        command.SetAction((parsed, cancellationToken) => health.RunAsync(parsed, variables, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, IDictionary variables, CancellationToken cancellationToken)
    {
        var console = parsed.InvocationConfiguration;
        var settings = _flags.Load(parsed, variables);
        // With an OpsPort, other problems such as a missing key do not matter: only the server needs those settings.
        if (settings.Options.OpsPort is not { } port || port == 0)
        {
            foreach (var problem in settings.ProblemsOf(nameof(RoomWsOptions.OpsPort))) await console.Error.WriteLineAsync(problem);
            if (!settings.Unread.Contains(nameof(RoomWsOptions.OpsPort)))
                await console.Error.WriteLineAsync("There is no OpsPort to ask at: give the one that the server has, with --ops-port or ROOMWS_OpsPort");
            return ExitCode.WrongUsage;
        }

        var url = new UriBuilder("http", Reachable(settings.Options.OpsHost), port, "/health").Uri;
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = AnswerTimeout };
            using var response = await client.GetAsync(url, cancellationToken);
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            var line = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {answer.ReplaceLineEndings(" ")}").TrimEnd();
            await console.Output.WriteLineAsync(line);
            return response.StatusCode == HttpStatusCode.OK ? ExitCode.Done : ExitCode.NotHealthy;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            await console.Output.WriteLineAsync($"No answer from {url}: {unreachable.Message.ReplaceLineEndings(" ")}");
            return ExitCode.NotHealthy;
        }
    }

    /// <summary>The address to connect to: a server that listens on all addresses is reached through the loopback one.</summary>
    private static string Reachable(string host) => host switch
    {
        "*" or "0.0.0.0" => "127.0.0.1",
        "::" => "::1",
        _ => host,
    };
}
