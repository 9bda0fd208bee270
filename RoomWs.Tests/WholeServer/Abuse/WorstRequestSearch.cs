using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RoomWs.Server.Dispatch;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>
/// Makes the worst request of a command from its contract and its sample, by asking a server how much it takes: of each field the most that is not refused,
/// or what gets the longest replies. So a command that is new needs nothing here.
/// </summary>
internal sealed class WorstRequestSearch : IAsyncDisposable
{
    /// <summary>What a request is refused with that is none at all.</summary>
    private static readonly string[] NoRequest = ["VALIDATION_ERROR", "UNKNOWN_TYPE", "UNSUPPORTED_PROTOCOL_VERSION", "INTERNAL_ERROR", "UNAUTHORIZED"];

    /// <summary>What texts begin with, and are filled with: the first that a field takes. Characters of three bytes are the most that a limit of characters lets in.</summary>
    private static readonly (string Beginning, char Filling)[] Texts = [("", '€'), ("", 'x'), ("https://h/", 'x')];

    private readonly TestServer _server;
    private TestClient _owner;
    private string _room = "";
    private int _rooms;

    private WorstRequestSearch(TestServer server, TestClient owner) => (_server, _owner) = (server, owner);

    public static async Task<WorstRequestSearch> StartAsync()
    {
        var server = await TestServer.StartAsync(options => (options.Limits.RoomsPerUser, options.Limits.AddedRoomsPerUser) = (0, 0));
        return new WorstRequestSearch(server, await TestClient.ConnectAsync(server, "owner"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>The worst request of the command.</summary>
    /// <exception cref="InvalidOperationException">The server takes no request that could be made.</exception>
    public async Task<WorstRequest> FindAsync(Command command)
    {
        var worst = new WorstRequest(command, JsonNode.Parse(CommandSample.Of(command.Type).Json)!.AsObject(), PastLimit: null, Spends: false);
        await PrepareRoomAsync();
        foreach (var field in ContractField.Of(command))
        {
            var values = await ValuesAsync(worst, field);
            var best = (Bytes: -1L, worst.Request);
            foreach (var value in values)
            {
                var request = field.With(worst.Request, value);
                var (bytes, _) = values.Count == 1 ? default : await MeasureAsync(worst, request);
                if (bytes > best.Bytes) best = (bytes, request);
            }

            worst = worst with { Request = best.Request, PastLimit = PastLimit(worst with { Request = best.Request }, field) ?? worst.PastLimit };
        }

        await PrepareRoomAsync();
        if (!await IsTakenAsync(worst, worst.Request)) throw new InvalidOperationException($"No worst request of {command.Type} can be made: the server refuses {Shown(worst.Request)}.");
        return worst with { Spends = (await MeasureAsync(worst, worst.Request)).Spends };
    }

    /// <summary>What the field may best be, the most first. What the request has there already is taken, whatever it is.</summary>
    private async Task<List<JsonNode?>> ValuesAsync(WorstRequest worst, ContractField field)
    {
        var now = field.Value(worst.Request);
        var values = new List<JsonNode?>();
        if (field.IsNumber) values.AddRange(await LargestAsync(worst, field));
        if (now is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>().StartsWith('$')) values.Add(now);
        else if (field.Type == typeof(string)) values.AddRange(await LongestTextAsync(worst, field));
        else if (field.IsList) values.AddRange(await LongestListAsync(worst, field));
        else foreach (var value in Choices(field)) values.AddRange(await TakenAsync(worst, field, value));
        if (values.Count == 0) return [now];
        if (!field.IsRequired) values.AddRange(await TakenAsync(worst, field, value: null));
        return values;
    }

    private static IEnumerable<JsonNode> Choices(ContractField field) => field.Type switch
    {
        var type when type.IsEnum => type.GetFields().SelectMany(name => name.GetCustomAttributesData()).SelectMany(data => data.ConstructorArguments).Select(name => JsonValue.Create((string)name.Value!)),
        var type when type == typeof(bool) => [JsonValue.Create(true), JsonValue.Create(false)],
        var type when type == typeof(double) => [JsonValue.Create(-double.MaxValue)],
        _ => [JsonValue.Create(0), JsonValue.Create(1)],
    };

    private async Task<JsonNode?[]> TakenAsync(WorstRequest worst, ContractField field, JsonNode? value) => await IsTakenAsync(worst, field.With(worst.Request, value)) ? [value] : [];

    private async Task<JsonNode?[]> LargestAsync(WorstRequest worst, ContractField field)
    {
        if (field.Type == typeof(double)) return [];
        var most = field.Type == typeof(int) ? int.MaxValue : long.MaxValue;
        if (await IsTakenAsync(worst, field.With(worst.Request, most))) return [most];
        var largest = await MostAsync(1, int.MaxValue, number => IsTakenAsync(worst, field.With(worst.Request, number)));
        return largest is { } number ? [number] : [];
    }

    private async Task<JsonNode?[]> LongestTextAsync(WorstRequest worst, ContractField field)
    {
        foreach (var (beginning, filling) in Texts)
        {
            var length = await MostAsync(16, _server.Options.Limits.MessageBytes, length => IsTakenAsync(worst, field.With(worst.Request, Text(length, beginning, filling))));
            if (length is { } longest) return [Text(longest, beginning, filling)];
        }

        return [];
    }

    private async Task<JsonNode?[]> LongestListAsync(WorstRequest worst, ContractField field)
    {
        JsonNode entry = (field.Value(worst.Request) as JsonArray)?.FirstOrDefault() as JsonObject ?? (JsonNode)JsonValue.Create(Text(16, "", 'x'));
        var count = await MostAsync(1, _server.Options.Limits.MessageBytes, count => IsTakenAsync(worst, field.With(worst.Request, List(entry, count))));
        if (count is not { } longest) return [];
        if (entry is JsonObject) return [List(entry, longest)];

        // As many as there may be, and then as long as that lets them be.
        var length = await MostAsync(16, _server.Options.Limits.MessageBytes, length => IsTakenAsync(worst, field.With(worst.Request, List(Text(length, "", '€'), longest))));
        return [List(length is null ? entry : Text(length.Value, "", '€'), longest)];
    }

    /// <summary>The request with one entry or character more than the field takes.</summary>
    private JsonObject? PastLimit(WorstRequest worst, ContractField field)
    {
        JsonNode? more = field.Value(worst.Request) switch
        {
            JsonArray entries when entries.FirstOrDefault() is { } entry => List(entry, entries.Count + 1),
            JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().EndsWith(WorstRequest.Numbered, StringComparison.Ordinal) => "x" + value.GetValue<string>(),
            _ => null,
        };
        if (more is null) return null;
        var past = field.With(worst.Request, more);
        return IsTooLong(worst, past) ? null : past;
    }

    private static string Shown(JsonObject request) => request.ToJsonString() is { Length: > 300 } text ? text[..300] : request.ToJsonString();

    private static JsonArray List(JsonNode entry, int count) => [.. Enumerable.Range(0, count).Select(_ => entry.DeepClone())];

    private static string Text(int length, string beginning, char filling) => beginning + new string(filling, length - beginning.Length - WorstRequest.Numbered.Length > 0 ? length - beginning.Length - WorstRequest.Numbered.Length : 0) + WorstRequest.Numbered;

    /// <summary>The largest number from the least one on that is taken; null where not even that is.</summary>
    private static async Task<int?> MostAsync(int least, int most, Func<int, Task<bool>> isTaken)
    {
        if (!await isTaken(least)) return null;
        var (taken, refused) = (least, least);
        while (taken == refused)
        {
            refused = (int)Math.Min(most, 2L * taken);
            if (refused == taken) return taken;
            if (await isTaken(refused)) taken = refused;
        }

        while (refused - taken > 1)
        {
            var middle = taken + ((refused - taken) / 2);
            if (await isTaken(middle)) taken = middle;
            else refused = middle;
        }

        return taken;
    }

    private bool IsTooLong(WorstRequest worst, JsonObject request) =>
        worst.Write(request, 0, isDressed: false, Name).Length + WorstRequest.EnvelopeBytes > _server.Options.Limits.MessageBytes;

    private async Task<bool> IsTakenAsync(WorstRequest worst, JsonObject request) =>
        !IsTooLong(worst, request) && !(await AskAsync(worst, request)).Any(frame => frame.Code() is { } code && NoRequest.Contains(code));

    /// <summary>What three of these requests in a row are answered with in a room that nothing has happened to, and whether the first has used the room up.</summary>
    private async Task<(long Bytes, bool Spends)> MeasureAsync(WorstRequest worst, JsonObject request)
    {
        await PrepareRoomAsync();
        var version = (await _owner.RoomAsync(_room)).Version();
        var replies = new List<List<JsonElement>>();
        for (var i = 0; i < 3; i++) replies.Add(await AskAsync(worst, request));
        var bytes = replies.SelectMany(frames => frames).Where(frame => frame.Code() is null).Sum(frame => (long)Encoding.UTF8.GetByteCount(frame.GetRawText()));
        // What changes a room tells all of its members, and is more than any reply.
        var room = await _owner.RequestAsync(new { type = "ROOM_INFO", roomId = _room });
        if (room.Code() is null) bytes += (room.Room().Version() - version) * _server.Options.Limits.MessageBytes;
        return (bytes, IsRefused(replies[1]) && !IsRefused(replies[0]));
    }

    private static bool IsRefused(List<JsonElement> frames) => frames.Any(frame => frame.Code() is "NOT_FOUND" or "FORBIDDEN");

    private async Task<List<JsonElement>> AskAsync(WorstRequest worst, JsonObject request)
    {
        try
        {
            // What a connection may say before it is anybody it may say once.
            if (!worst.Command.NeedsIdentity) await ConnectAsync();
            await _owner.TakeAllAsync();
            await _owner.SendAsync(Encoding.UTF8.GetString(worst.Write(request, ++_rooms, isDressed: false, Name)));
            return await _owner.TakeAllAsync();
        }
        catch (InvalidOperationException)
        {
            // Some HELLOs end the connection.
            await ConnectAsync();
            return [JsonDocument.Parse("""{"type":"ERROR","code":"UNAUTHORIZED"}""").RootElement];
        }
    }

    private async Task ConnectAsync()
    {
        _owner.Dispose();
        _owner = await TestClient.ConnectAsync(_server, "owner");
    }

    private string Name(string place, bool inList, long number) => place switch
    {
        // The first entry of a list is a room that there is; no list may name one twice.
        CommandSample.Room => inList && number > 0 ? $"{_room}-{number}" : _room,
        CommandSample.User => $"m{number % 4}",
        CommandSample.Board => "b1",
        CommandSample.Invite => "invite_none",
        _ => "NOCODE",
    };

    private async Task PrepareRoomAsync()
    {
        _room = $"probe{++_rooms}";
        await _owner.CreateRoomAsync(_room, members: ["m0", "m1", "m2", "m3"]);
        await _owner.CreateBoardAsync(_room, "b1");
        await _owner.DrawAsync(_room, "b1", "+a");
        await _owner.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = _room, content = "Hello" });
        await _owner.RequestAsync(new { type = "ROOM_ENTER", roomId = _room });
    }
}
