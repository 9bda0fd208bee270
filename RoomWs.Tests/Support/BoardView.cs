using System.Globalization;
using System.Text.Json;
using FluentAssertions;

namespace RoomWs.Tests.Support;

/// <summary>
/// What a client has drawn of a board: its payloads in order, one line each. A snapshot is the lines up to its number, which is what
/// clients of this test compact to.
/// </summary>
internal sealed class BoardView
{
    private readonly List<string> _lines = [];

    public int Seq => _lines.Count;

    public string Snapshot(int seq) => string.Join('\n', _lines.Take(seq));

    public override string ToString() => Snapshot(Seq);

    /// <summary>A ROOM_BOARD_UPDATED, or an update of a ROOM_BOARD_STATE_RESPONSE, which has to be the next one.</summary>
    public void Take(JsonElement update)
    {
        update.Number("seq").Should().Be(Seq + 1);
        _lines.Add($"{update.Text("userId")}: {update.Text("payload")}");
    }

    /// <summary>Reads the board from the server, page by page.</summary>
    public static async Task<BoardView> ReadAsync(Func<string, Task<JsonElement>> request, string roomId, string boardId)
    {
        var view = new BoardView();
        while (true)
        {
            var afterSeq = view.Seq == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $",\"afterSeq\":{view.Seq}");
            var page = await request($$"""{"type":"ROOM_BOARD_STATE","roomId":"{{roomId}}","boardId":"{{boardId}}"{{afterSeq}}}""");
            page.Type().Should().Be("ROOM_BOARD_STATE_RESPONSE", page.GetRawText());
            if (!page.IsNull("snapshot")) view.Restore(page.GetProperty("snapshot"));
            foreach (var update in page.GetProperty("updates").EnumerateArray()) view.Take(update);
            if (!page.GetProperty("hasMore").GetBoolean()) return view;
        }
    }

    private void Restore(JsonElement snapshot)
    {
        _lines.Clear();
        _lines.AddRange(snapshot.Text("payload").Split('\n'));
        ((long)Seq).Should().Be(snapshot.Number("seq"));
    }
}
