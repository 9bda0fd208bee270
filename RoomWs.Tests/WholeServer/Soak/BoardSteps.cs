using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>What clients do on the boards of a room: draw mostly, and put a snapshot in the place of the updates before they are many.</summary>
internal sealed class BoardSteps(SoakWorld world, Random random)
{
    private const int MostBoards = 3;
    private const int MostUpdates = 50;

    private const int Activate = 0;
    private const int Delete = 2;
    private const int Compact = 5;
    private const int Turns = 16;

    public async Task DoAsync(SoakClient client, string roomId)
    {
        var list = await client.AskAsync(new { type = "ROOM_BOARD_LIST", roomId });
        if (list.Code() is not null) return;
        var boards = list.GetProperty("boards").EnumerateArray().ToArray();
        if (boards.Length == 0 || (boards.Length < MostBoards && random.Next(8) == 0))
        {
            await client.AskAsync(new { type = "ROOM_BOARD_CREATE", roomId });
            return;
        }

        await DrawAsync(client, roomId, boards[random.Next(boards.Length)]);
    }

    private async Task DrawAsync(SoakClient client, string roomId, JsonElement board)
    {
        var (boardId, seq) = (board.Text("boardId"), board.Number("seq"));
        switch (NextTurn(client, roomId, seq))
        {
            case Activate:
                await client.AskAsync(new { type = "ROOM_BOARD_ACTIVATE", roomId, boardId });
                break;
            case 1:
                await client.AskAsync(new { type = "ROOM_BOARD_ACTIVATE", roomId, boardId = (string?)null });
                break;
            case Delete:
                await client.AskAsync(new { type = "ROOM_BOARD_DELETE", roomId, boardId });
                break;
            case 3 or 4:
                await client.AskAsync(new { type = "ROOM_BOARD_STATE", roomId, boardId });
                break;
            case Compact when seq > 0:
                await CompactAsync(client, roomId, boardId, seq);
                break;
            case var _ when seq > 0 && seq % MostUpdates == 0:
                await CompactAsync(client, roomId, boardId, seq);
                await UpdateAsync(client, roomId, boardId);
                break;
            default:
                await UpdateAsync(client, roomId, boardId);
                break;
        }
    }

    private static async Task CompactAsync(SoakClient client, string roomId, string boardId, long seq)
    {
        // A member may compact only what its socket was sent.
        await client.AskAsync(new { type = "ROOM_BOARD_STATE", roomId, boardId, afterSeq = seq });
        await client.AskAsync(new { type = "ROOM_BOARD_SNAPSHOT", roomId, boardId, seq, payload = new string('s', 500) });
    }

    /// <summary>Of those who act on a board few may change which there are, so the first of them do what has not been done yet.</summary>
    private int NextTurn(SoakClient client, string roomId, long seq)
    {
        if (seq > 0 && !world.HasDone("ROOM_BOARD_SNAPSHOT")) return Compact;
        if (client.Look(view => view.LedRoomIds.Contains(roomId, StringComparer.Ordinal)))
        {
            if (!world.HasDone("ROOM_BOARD_ACTIVATE")) return Activate;
            if (!world.HasDone("ROOM_BOARD_DELETE")) return Delete;
        }

        return random.Next(Turns);
    }

    private Task<JsonElement> UpdateAsync(SoakClient client, string roomId, string boardId) =>
        client.AskAsync(new { type = "ROOM_BOARD_UPDATE", roomId, boardId, payload = new string('u', random.Next(20, 400)) });
}
