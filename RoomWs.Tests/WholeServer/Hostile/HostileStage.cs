using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>A server with two users who mind their own business while a third one sends it anything at all.</summary>
internal sealed class HostileStage(TestServer server, int number) : IDisposable
{
    private HostileSocket? _member;
    private HostileSocket? _asker;
    private int _scenes;

    private int MessageBytes => server.Options.Limits.MessageBytes;

    public int Tried { get; private set; }

    public int Closed { get; private set; }

    /// <summary>Plays the inputs as a user of their own, who owns a room of their own with something of everything in it; or as nobody.</summary>
    /// <returns>What was wrong with the answers.</returns>
    public async Task<List<string>> PlayAsync(bool hasIdentity, IReadOnlyList<HostileInput> inputs)
    {
        _member ??= await HostileSocket.OpenAsync(server, "bob");
        _asker ??= await HostileSocket.OpenAsync(server, "dave");
        // No damage to the name of one scene makes it that of another.
        var name = Convert.ToHexStringLower(SHA256.HashData([(byte)number, .. BitConverter.GetBytes(++_scenes)]))[..16];
        var (user, room) = ($"u{name}", $"r{name}");
        var (invite, code) = hasIdentity ? await PrepareAsync(user, room) : ("invite_00000000000000000000000000", "00000000000000000000");
        string Named(string sample) => new StringBuilder(sample)
            .Replace(Samples.Room, room).Replace(Samples.User, user).Replace(Samples.Invite, invite).Replace(Samples.Code, code).ToString();

        var messages = inputs.Select(input => (Bytes: input.Make(Named), Input: input)).ToList();
        var faults = new List<string>();
        for (var next = 0; next < messages.Count;) next += await SendAsync(hasIdentity ? user : null, messages[next..], faults);

        // A room that somebody is in stays in memory, and a long run has thousands.
        await _member.AskAsync(new { type = "ROOM_EXIT", roomId = room });
        // Whatever it was, the others are still served.
        (_member, _asker) = (await CheckAsync(_member, room, faults), await CheckAsync(_asker, room, faults));
        return faults;
    }

    public void Dispose()
    {
        _member?.Dispose();
        _asker?.Dispose();
    }

    /// <summary>Null where the connection is closed: then the next scene has another.</summary>
    private static async Task<HostileSocket?> CheckAsync(HostileSocket other, string room, List<string> faults)
    {
        var heard = await other.AskAsync(new { type = "ROOM_INFO", roomId = room });
        if (heard.Close is null) return other;

        faults.Add($"another user's connection was closed with {heard.Close}");
        other.Dispose();
        return null;
    }

    /// <summary>Sends messages until one ends the connection; returns how many that were.</summary>
    private async Task<int> SendAsync(string? user, List<(byte[] Bytes, HostileInput Input)> messages, List<string> faults)
    {
        using var socket = await HostileSocket.OpenAsync(server, user);
        var last = messages.FindIndex(message => AnswerRules.BreaksOff(message.Bytes, MessageBytes));
        var count = last < 0 ? messages.Count : last + 1;
        await socket.SendAsync(messages.Take(count).Select(message => (message.Bytes, message.Input.Frames)));
        for (var i = 0; i < count; i++)
        {
            var heard = await socket.HearAsync();
            Tried++;
            if (AnswerRules.Fault(messages[i].Bytes, heard, MessageBytes) is { } fault) faults.Add($"{fault}: {Show(messages[i].Bytes)} ({messages[i].Input})");
            if (heard.Close is null) continue;

            Closed++;
            return i + 1;
        }

        return count;
    }

    private async Task<(string Invite, string Code)> PrepareAsync(string user, string room)
    {
        using var owner = await HostileSocket.OpenAsync(server, user);
        object[] requests =
        [
            new { type = "ROOM_CREATE", roomId = room, slug = room, joinPolicy = "APPROVAL", memberIds = new[] { "bob", "carol" } },
            new { type = "ROOM_MESSAGE", roomId = room, content = "Hello", clientMessageId = "c-1" },
            new { type = "ROOM_BOARD_CREATE", roomId = room, boardId = Samples.Board },
            new { type = "ROOM_BOARD_UPDATE", roomId = room, boardId = Samples.Board, payload = "+a" },
            new { type = "ROOM_BOARD_UPDATE", roomId = room, boardId = Samples.Board, payload = "+b" },
            new { type = "ROOM_INVITE_CREATE", roomId = room },
        ];
        await owner.SendAsync(requests.Select(request => (JsonSerializer.SerializeToUtf8Bytes(request), 1)));
        foreach (var _ in requests[1..]) Reply(await owner.HearAsync());
        var invite = Reply(await owner.HearAsync()).GetProperty("invite");
        await _member!.AskAsync(new { type = "ROOM_ENTER", roomId = room });
        await _asker!.AskAsync(new { type = "ROOM_JOIN", roomId = room });
        return (invite.Text("inviteId"), invite.Text("code"));
    }

    private static JsonElement Reply(Heard heard)
    {
        var reply = heard.Frames.Should().ContainSingle().Subject;
        reply.Code().Should().BeNull();
        return reply;
    }

    private static string Show(byte[] message) => Encoding.Latin1.GetString(message, 0, Math.Min(message.Length, 300));
}
