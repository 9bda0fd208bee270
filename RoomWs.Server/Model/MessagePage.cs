using System.Buffers;
using System.Text;
using RoomWs.Protocol.Messages;

namespace RoomWs.Server.Model;

/// <summary>The next messages of a replay or a history: no more than were asked for, and no more bytes than may be in memory at once.</summary>
internal static class MessagePage
{
    /// <summary>What a message takes beside its texts: names of fields, numbers, its room, and its id twice.</summary>
    private const int OtherBytes = 400;

    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. "\"\\", .. Enumerable.Range(0, 0x20).Select(code => (char)code)]);

    /// <summary>Takes messages until the page is full. The first is always in it, or paging would not advance.</summary>
    /// <param name="read">Reads up to a number of messages, each when it is taken.</param>
    /// <param name="limit">Maximum number of messages.</param>
    /// <param name="maxBytes">Maximum number of their bytes on the wire.</param>
    public static (List<RoomMessage> Page, bool HasMore) Of(Func<int, IEnumerable<RoomMessage>> read, int limit, int maxBytes)
    {
        var page = new List<RoomMessage>();
        var bytes = 0;
        // One more than fit: whether there are more.
        foreach (var message in read(limit + 1))
        {
            bytes += OtherBytes + Bytes(message.Content) + Bytes(message.Username) + Bytes(message.SenderId) + Bytes(message.MessageType) + Bytes(message.ClientMessageId ?? "");
            if (page.Count == limit || (page.Count > 0 && bytes > maxBytes)) return (page, true);
            page.Add(message);
        }

        return (page, false);
    }

    /// <summary>The bytes of a text in JSON, or a few more.</summary>
    private static int Bytes(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAny(Escaped); at >= 0; at = rest.IndexOfAny(Escaped))
        {
            // A backslash and a letter, or the six characters of an escape such as \u0001.
            bytes += rest[at] is '"' or '\\' or '\n' or '\r' or '\t' ? 1 : 5;
            rest = rest[(at + 1)..];
        }

        return bytes;
    }
}
