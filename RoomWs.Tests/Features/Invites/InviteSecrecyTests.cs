using System.Security.Cryptography;
using System.Text;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Invites;

/// <summary>A code is in the one reply to its creator, and nowhere else: not on disk, not in a log, not in another frame.</summary>
internal sealed class InviteSecrecyTests : EndToEndTest
{
    private readonly List<string> _frames = [];
    private readonly List<string> _codes = [];

    protected override void Configure(RoomWsOptions options) => options.LogLevel = LogLevel.Trace;

    [Test]
    [FileOnly("It reads all of the bytes that the server has written.")]
    public async Task No_code_is_in_the_database_the_log_or_any_frame_but_its_creators_one_reply()
    {
        // Kestrel's own traces tell of the clients' unceremonious ends, exception included.
        Server.ExpectsFaults = true;
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", "INVITE", members: ["member"], admins: ["admin"]);
        TestClient[] clients = [owner, await ConnectAsync("owner"), await ConnectAsync("admin"), await ConnectAsync("member"), await ConnectAsync("bob"), await ConnectAsync("carol")];
        var inviteIds = await UseCodesAsync(owner, clients[^2], clients[^1]);
        foreach (var client in clients)
        {
            await Note(client, new { type = "ROOM_INVITE_LIST", roomId = "r1" });
            await Note(client, new { type = "ROOM_MEMBERS", roomId = "r1" });
            await Note(client, new { type = "ROOM_LIST", includeAll = true });
            foreach (var frame in await client.TakeAllAsync()) _frames.Add(frame.GetRawText());
        }

        ExpectNoCode(Files(), "the files while the server runs", inviteIds);
        await Server.RestartAsync(_ => ExpectNoCode(Files(), "the files of a stopped server", inviteIds));

        foreach (var code in _codes)
        {
            Occurrences(_frames, code).Should().Be(1, "only the reply to ROOM_INVITE_CREATE shows {0}", code);
            Occurrences(Server.Log.Entries.Select(entry => $"{entry.Category} {entry.Message} {entry.Exception}"), code).Should().Be(0);
        }

        Server.Log.Entries.Should().Contain(entry => entry.Level == LogLevel.Trace || entry.Level == LogLevel.Debug, "the log was kept whole");
        Server.Log.Faults.Where(entry => !entry.Category.StartsWith("Microsoft", StringComparison.Ordinal)).Should().BeEmpty();
    }

    /// <summary>Every way in which a code reaches the server, right and wrong.</summary>
    private async Task<List<string>> UseCodesAsync(TestClient owner, TestClient bob, TestClient carol)
    {
        var inviteIds = new List<string>();
        foreach (var key in new[] { "k0", "k1", "k2", "k3" })
        {
            var create = new { type = "ROOM_INVITE_CREATE", roomId = "r1", idempotencyKey = key };
            var invite = (await Note(owner, create)).GetProperty("invite");
            _codes.Add(invite.Text("code"));
            inviteIds.Add(invite.Text("inviteId"));
            await Note(owner, create);
        }

        var (accepted, joined, revoked, wrapped) = (_codes[0], _codes[1], _codes[2], _codes[3]);
        await Note(bob, new { type = "ROOM_INVITE_ACCEPT", code = accepted, idempotencyKey = "k" });
        await Note(bob, new { type = "ROOM_INVITE_ACCEPT", code = accepted, idempotencyKey = "k" });
        await Note(carol, new { type = "ROOM_JOIN", roomId = "r1", code = joined, idempotencyKey = "k" });
        await Note(owner, new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = inviteIds[2] });

        await Note(carol, new { type = "ROOM_LEAVE", roomId = "r1" });
        foreach (var code in _codes.Take(3)) await Note(carol, new { type = "ROOM_INVITE_ACCEPT", code });
        foreach (var code in _codes.Take(3)) await Note(carol, new { type = "ROOM_JOIN", roomId = "r1", code });
        foreach (var code in new[] { accepted + "?", "?" + joined, revoked + wrapped }) await Note(carol, new { type = "ROOM_INVITE_ACCEPT", code });
        await Note(carol, new { type = "ROOM_INVITE_ACCEPT", code = new[] { wrapped } });
        await Note(carol, new { type = "ROOM_INVITE_ACCEPT", payload = new { code = wrapped } });
        await Note(carol, new { type = "ROOM_INVITE_ACCEPT", Code = wrapped });
        await Note(carol, new { type = "ROOM_JOIN", roomId = "r1", slug = "lobby", code = wrapped });
        await Note(carol, new { type = "ROOM_JOIN", roomId = wrapped });
        await Note(carol, new { type = "ROOM_JOIN", roomId = "r1", code = wrapped, idempotencyKey = 7 });
        await carol.SendAsync($$"""{"type":"ROOM_INVITE_ACCEPT","code":"{{wrapped}}" """);
        return inviteIds;
    }

    private async Task<System.Text.Json.JsonElement> Note(TestClient client, object request)
    {
        var reply = await client.RequestAsync(request);
        _frames.Add(reply.GetRawText());
        return reply;
    }

    private List<byte[]> Files()
    {
        var contents = new List<byte[]>();
        foreach (var path in Directory.GetFiles(Server.Folder))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            contents.Add(copy.ToArray());
        }

        return contents;
    }

    private void ExpectNoCode(List<byte[]> files, string where, List<string> inviteIds)
    {
        // What has to be there is found, so what is not found is not there.
        foreach (var kept in inviteIds.Where((_, i) => i != 2)) Holds(Encoding.UTF8.GetBytes(kept)).Should().BeTrue("{0} are searched as they are", where);
        Holds(SHA256.HashData(Encoding.UTF8.GetBytes(_codes[3]))).Should().BeTrue("a code is stored as its hash");
        foreach (var code in _codes)
        {
            foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode }) Holds(encoding.GetBytes(code)).Should().BeFalse("{0} hold no code", where);
        }

        bool Holds(byte[] bytes) => files.Exists(file => file.AsSpan().IndexOf(bytes) >= 0);
    }

    private static int Occurrences(IEnumerable<string> texts, string code) => texts.Sum(text => text.Split(code).Length - 1);
}
