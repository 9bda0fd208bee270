using FluentAssertions;
using RoomWs.Server.Hosting;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Documentation;

/// <summary>Plays an example of the protocol's pages against a server, socket by socket, and finds what it does not say.</summary>
internal sealed class ExampleRun(RoomWsServer server) : IDisposable
{
    private readonly Dictionary<string, WireSocket> _open = new(StringComparer.Ordinal);

    /// <summary>The ids and codes that the example shows, and those that the server made in their place.</summary>
    private readonly Dictionary<string, string> _made = new(StringComparer.Ordinal);

    public async Task PlayAsync(Example example)
    {
        var named = example.Steps.Where(step => step.Kind == StepKind.Connects).Select(step => step.Socket);
        var unnamed = example.Steps.Select(step => step.Socket).Distinct(StringComparer.Ordinal).Except(named, StringComparer.Ordinal);
        foreach (var socket in unnamed.Where(socket => socket.Length > 0)) await ConnectAsync(socket, target: "");

        var draining = Task.CompletedTask;
        foreach (var step in example.Steps)
        {
            if (step.Kind == StepKind.Drains) draining = server.DrainAsync();
            else await PlayAsync(step);
        }

        // Nobody is told anything that the example leaves out.
        foreach (var (socket, wire) in _open)
        {
            await wire.SendAsync("""{"type":"PING"}""");
            var next = await wire.ReceiveAsync();
            next.Should().StartWith("""{"type":"PONG",""", "that is all that {0} receives", socket);
        }

        await draining;
    }

    public void Dispose()
    {
        foreach (var wire in _open.Values) wire.Dispose();
    }

    private async Task PlayAsync(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Connects:
                await ConnectAsync(step.Socket, step.Text);
                break;
            case StepKind.Sends:
                // On PostgreSQL who has come is shown a moment later.
                await Deadline.UntilAsync(() => server.Core.Connections.All.All(IsShown), "those who are there are shown as online");
                await _open[step.Socket].SendAsync(_made.Aggregate(step.Text, (text, made) => text.Replace(made.Key, made.Value, StringComparison.Ordinal)));
                break;
            case StepKind.Receives:
                var received = await _open[step.Socket].ReceiveAsync();
                Frames.Comparable(received).Should().Be(Frames.Comparable(step.Text), "{0} says so of {1}, who received {2}", step.Where, step.Socket, received);
                foreach (var (shown, made) in Frames.MadeIn(step.Text).Zip(Frames.MadeIn(received))) _made[shown] = made;
                if (step.Text.StartsWith("close ", StringComparison.Ordinal) && _open.Remove(step.Socket, out var closed)) closed.Dispose();
                break;
            case StepKind.Disconnects:
                if (_open.Remove(step.Socket, out var left)) left.Dispose();
                break;
            default:
                throw new InvalidOperationException($"{step.Kind} is no step of a socket.");
        }
    }

    private bool IsShown(ClientConnection connection) => connection.Closing is not null || connection.Identity is not { } identity || server.Core.Shown.Contains(identity.UserId);

    private async Task ConnectAsync(string socket, string target)
    {
        var user = socket.Split('/')[0];
        var uri = new Uri(new Uri(server.Url), target.Length > 0 ? target : $"/ws?user={user}");

        // A token that does not hold is answered before anything is asked.
        _open[socket] = uri.Query.StartsWith("?token=", StringComparison.Ordinal) ? await WireSocket.OpenAsync(uri) : await WireSocket.ConnectAsync(uri);
    }
}
