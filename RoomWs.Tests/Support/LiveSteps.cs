using System.Text.Json;
using FluentAssertions;

namespace RoomWs.Tests.Support;

/// <summary>The steps of tests of what happens in a room while people are in it.</summary>
internal static class LiveSteps
{
    /// <summary>Long enough for one ROOM_CURSORS, and too short for two.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(33);

    public static Task<JsonElement> SayAsync(this TestClient client, string roomId, string content, string? clientMessageId = null) => client.SucceedAsync(
        "ROOM_MESSAGE_RESPONSE",
        clientMessageId is null ? new { type = "ROOM_MESSAGE", roomId, content } : new { type = "ROOM_MESSAGE", roomId, content, clientMessageId });

    public static Task<JsonElement> EnterAsync(this TestClient client, string roomId) =>
        client.SucceedAsync("ROOM_STATE", new { type = "ROOM_ENTER", roomId });

    /// <summary>Exits, which all nodes know when this is done.</summary>
    public static async Task<JsonElement> ExitAsync(this TestClient client, string roomId)
    {
        var reply = await client.SucceedAsync("ROOM_EXITED", new { type = "ROOM_EXIT", roomId });
        await client.BeHeardEverywhereAsync();
        return reply;
    }

    /// <summary>Moves the cursor; the server has taken it in when this is done.</summary>
    public static async Task MoveAsync(this TestClient client, string roomId, double x, double y = 0)
    {
        await client.SendAsync(new { type = "ROOM_CURSOR", roomId, x, y });
        await client.SettleAsync();
        await client.BeHeardEverywhereAsync();
    }

    /// <summary>Shows that the user is typing, or is not; the server has taken it in when this is done.</summary>
    public static async Task TypeAsync(this TestClient client, string roomId, bool typing = true)
    {
        await client.SendAsync(new { type = "ROOM_TYPING", roomId, typing });
        await client.SettleAsync();
        await client.BeHeardEverywhereAsync();
    }

    /// <summary>The server has done all that this client asked for, and what it had for it is here.</summary>
    public static Task SettleAsync(this TestClient client) => client.SucceedAsync("PONG", new { type = "PING" });

    /// <summary>The next frame is a ROOM_TYPING that says this.</summary>
    public static async Task ExpectTypingAsync(this TestClient client, string roomId, string userId, bool typing)
    {
        var frame = await client.ExpectAsync("ROOM_TYPING");
        frame.Body().Should().Be($"type:\"ROOM_TYPING\",roomId:\"{roomId}\",userId:\"{userId}\",username:\"{userId}\",typing:{(typing ? "true" : "false")}");
    }

    /// <summary>The next frame is a ROOM_CURSORS with these positions, such as "alice 1,2", and these users gone.</summary>
    public static async Task ExpectCursorsAsync(this TestClient client, string roomId, string[] cursors, params string[] gone)
    {
        var frame = await client.ExpectAsync("ROOM_CURSORS");
        frame.Text("roomId").Should().Be(roomId);
        frame.Positions().Should().BeEquivalentTo(cursors);
        frame.Has("gone").Should().Be(gone.Length > 0);
        if (gone.Length > 0) frame.Texts("gone").Should().BeEquivalentTo(gone);
    }

    /// <summary>The cursors of a ROOM_CURSORS or ROOM_STATE, such as "alice 1,2".</summary>
    public static string[] Positions(this JsonElement frame) =>
    [
        .. frame.GetProperty("cursors").EnumerateArray().Select(cursor =>
            $"{cursor.Text("userId")} {cursor.GetProperty("x").GetRawText()},{cursor.GetProperty("y").GetRawText()}"),
    ];

    public static Task<JsonElement> CreateBoardAsync(this TestClient client, string roomId, string boardId) =>
        client.SucceedAsync("ROOM_BOARD_CREATED", new { type = "ROOM_BOARD_CREATE", roomId, boardId });

    public static Task<JsonElement> ActivateBoardAsync(this TestClient client, string roomId, string? boardId) =>
        client.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_BOARD_ACTIVATE", roomId, boardId });

    public static Task<JsonElement> DrawAsync(this TestClient client, string roomId, string boardId, string payload) =>
        client.SucceedAsync("ROOM_BOARD_UPDATE_RESPONSE", new { type = "ROOM_BOARD_UPDATE", roomId, boardId, payload });

    public static Task<JsonElement> CompactAsync(this TestClient client, string roomId, string boardId, long seq, string payload) =>
        client.SucceedAsync("ROOM_BOARD_SNAPSHOT_RESPONSE", new { type = "ROOM_BOARD_SNAPSHOT", roomId, boardId, seq, payload });

    public static Task<JsonElement> BoardStateAsync(this TestClient client, string roomId, string boardId, long? afterSeq = null) => client.SucceedAsync(
        "ROOM_BOARD_STATE_RESPONSE",
        afterSeq is null ? new { type = "ROOM_BOARD_STATE", roomId, boardId } : new { type = "ROOM_BOARD_STATE", roomId, boardId, afterSeq });

    public static long[] Seqs(this JsonElement frame, string name) => [.. frame.GetProperty(name).EnumerateArray().Select(item => item.Number("seq"))];
}
