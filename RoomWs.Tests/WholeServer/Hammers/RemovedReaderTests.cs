using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hammers;

/// <summary>
/// Members who read while they are removed, or lose their role. What comes behind that in the room is sent in the same breath, so that it is mostly committed
/// together with the removal: no reply may show it.
/// </summary>
internal sealed class RemovedReaderTests : EndToEndTest
{
    private const int Rounds = 12;
    private const int Readers = 8;
    private const string Secret = "said behind the removal";

    [TestCase("""{"type":"ROOM_HISTORY","roomId":"r"}""")]
    [TestCase("""{"type":"ROOM_ENTER","roomId":"r"}""")]
    [TestCase("""{"type":"ROOM_BOARD_STATE","roomId":"r","boardId":"b"}""")]
    [TestCase("""{"type":"ROOM_BOARD_LIST","roomId":"r"}""")]
    public Task A_removed_member_is_shown_nothing_of_what_came_behind_its_removal(string question) =>
        HammerAsync("MEMBER", question, userId => new { type = "ROOM_REMOVE_MEMBER", roomId = "r", userId });

    [TestCase("""{"type":"ROOM_AUDIT_LIST","roomId":"r"}""")]
    public Task An_admin_that_is_none_any_more_is_shown_nothing_of_what_came_behind(string question) =>
        HammerAsync("ADMIN", question, userId => new { type = "ROOM_SET_ROLE", roomId = "r", userId, role = "MEMBER" });

    private async Task HammerAsync(string role, string question, Func<string, object> end)
    {
        var owner = await ConnectAsync("owner");
        string[] userIds = [.. Enumerable.Range(0, Readers).Select(i => $"reader{i}")];
        var readers = await Task.WhenAll(userIds.Select(ConnectAsync));
        for (var round = 0; round < Rounds; round++)
        {
            await owner.CreateRoomAsync("r", role == "MEMBER" ? userIds : null, role == "ADMIN" ? userIds : null);
            await owner.SucceedAsync("ROOM_BOARD_CREATED", new { type = "ROOM_BOARD_CREATE", roomId = "r", boardId = "b", name = "board" });

            using var stop = new CancellationTokenSource();
            var reading = Task.WhenAll(readers.Select(reader => ReadAsync(reader, question, stop.Token)));
            foreach (var userId in userIds) await owner.SendAsync(end(userId));
            // Whatever the question asks for, one of these is what came behind.
            await owner.SendAsync(new { type = "ROOM_MESSAGE", roomId = "r", content = Secret });
            await owner.SendAsync(new { type = "ROOM_BOARD_UPDATE", roomId = "r", boardId = "b", payload = Secret });
            await owner.SendAsync(new { type = "ROOM_BOARD_CREATE", roomId = "r", name = Secret });
            await owner.SendAsync(new { type = "ROOM_UPDATE_META", roomId = "r", patch = new { name = Secret } });
            await owner.RequestAsync(new { type = "PING" });
            await stop.CancelAsync();

            var refused = await reading;
            await owner.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r" });
            refused.Should().AllSatisfy(each => each.Should().BePositive("each reader asked once more at the end"));
        }
    }

    /// <summary>Asks again and again; gives how many of the questions were refused.</summary>
    private static async Task<int> ReadAsync(TestClient reader, string question, CancellationToken stop)
    {
        var refused = 0;
        var isLast = false;
        while (!isLast)
        {
            isLast = stop.IsCancellationRequested;
            var reply = await reader.RequestAsync(JsonSerializer.Deserialize<JsonElement>(question));
            reply.GetRawText().Should().NotContain(Secret);
            if (reply.Code() == "FORBIDDEN") refused++;
        }

        return refused;
    }
}
