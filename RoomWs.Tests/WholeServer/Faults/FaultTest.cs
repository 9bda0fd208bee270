using System.Text.Json;
using FluentAssertions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Faults;

/// <summary>
/// Something that the server calls fails, on purpose, for what one client does. Whatever comes of that client, two others go on to be told of all, in order,
/// and once the fault is over everybody is served.
/// </summary>
internal abstract class FaultTest : EndToEndTest
{
    private int _said;

    protected TestClient Talker { get; private set; } = null!;

    protected TestClient Listener { get; private set; } = null!;

    /// <summary>A room of two who talk, and a room of somebody else's that is not in memory.</summary>
    protected async Task PrepareAsync()
    {
        Server.ExpectsFaults = true;
        (Talker, Listener) = (await ConnectAsync("talker"), await ConnectAsync("listener"));
        await Talker.CreateRoomAsync("warm", members: ["listener", "unlucky", "dan"]);
        var other = await ConnectAsync("unlucky");
        await other.CreateRoomAsync("cold", members: ["carol"]);
        await other.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "cold", content = "one" });
        await other.CloseAsync();
        await Listener.SettleAsync();
        while (Listener.Received.Count > 0) await Listener.NextAsync();
        await TalkAsync();
    }

    protected async Task TalkAsync()
    {
        var reply = await Talker.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "warm", content = $"{++_said}" });
        await HearAsync("ROOM_MESSAGE", frame => frame.Number("seq") == reply.Number("seq") && frame.Text("content") == $"{_said}");
    }

    protected async Task ChangeAsync()
    {
        var reply = await Talker.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "warm", patch = new { name = $"{++_said}" } });
        await HearAsync("ROOM_UPDATED", frame => frame.Version() == reply.Version());
    }

    protected void Run(string sql)
    {
        using var database = Server.Database.Open();
        database.Run(sql);
    }

    /// <summary>The next frame of this type has to be the expected one; those of other types are not what this is about.</summary>
    private async Task HearAsync(string type, Func<JsonElement, bool> isExpected)
    {
        JsonElement frame;
        do frame = await Listener.NextAsync();
        while (frame.Type() != type);
        isExpected(frame).Should().BeTrue("the frame is {0}", frame.GetRawText());
    }
}
