using System.Text.Json;
using FluentAssertions;

namespace RoomWs.Tests.Support;

/// <summary>Ways to the trail of a room's changes: over the socket, and past the server.</summary>
internal static class AuditSteps
{
    /// <summary>One page of the trail.</summary>
    public static async Task<JsonElement> AuditPageAsync(this TestClient client, string roomId, int? limit = null, string? cursor = null)
    {
        var request = new Dictionary<string, object> { ["type"] = "ROOM_AUDIT_LIST", ["roomId"] = roomId };
        if (limit is not null) request["limit"] = limit;
        if (cursor is not null) request["cursor"] = cursor;
        var page = await client.SucceedAsync("ROOM_AUDIT_LIST_RESPONSE", request);
        page.Text("roomId").Should().Be(roomId);
        return page;
    }

    /// <summary>The entries of a page, such as <c>alice ROOM_SET_ROLE v2 [bob] ADMIN</c>.</summary>
    public static string[] Entries(this JsonElement page) =>
    [
        .. page.GetProperty("entries").EnumerateArray().Select(entry =>
            $"{entry.Text("userId")} {entry.Text("action")} v{entry.Version()} [{string.Join(',', entry.Texts("targets"))}] {entry.GetProperty("detail").GetString()}".TrimEnd()),
    ];

    /// <summary>The newest entries of the room, oldest first.</summary>
    public static async Task<string[]> TrailAsync(this TestClient client, string roomId) => [.. (await client.AuditPageAsync(roomId, limit: 200)).Entries().Reverse()];

    /// <summary>Does something to the database past the server.</summary>
    public static void RunSql(this TestServer server, string sql)
    {
        using var database = server.Database.Open();
        database.Run(sql);
    }

    /// <summary>All rows of a room in the database, those of earlier rooms of its id too, oldest first.</summary>
    public static string[] RowsInFile(this TestServer server, string roomId)
    {
        using var database = server.Database.Open();
        return
        [
            .. database.Rows(
                $"SELECT user_id || ' ' || action || ' ' || COALESCE(CAST(version AS TEXT), 'none') || ' ' || COALESCE(detail, '') FROM audit WHERE room_id = '{roomId}' ORDER BY id",
                row => row.GetString(0).TrimEnd()),
        ];
    }
}
