using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace RoomWs.Tests.Support;

/// <summary>Understands as much of what a session says in PostgreSQL's protocol as tells where in a batch it is. Both directions may look at once.</summary>
internal sealed class SessionTalk
{
    private const int HeaderBytes = 5;

    private readonly Dictionary<string, string> _statements = new(StringComparer.Ordinal);
    private volatile bool _isWriting;
    private volatile bool _isBetweenTrips;
    private volatile bool _movesHead;
    private bool _hasStarted;

    /// <summary>Takes the next whole message off what has come, if there is one.</summary>
    public bool TryTakeFromClient(ref ReadOnlySequence<byte> bytes, out byte[] message)
    {
        // The first has no type.
        if (_hasStarted) return TryTake(ref bytes, typeBytes: 1, out message);
        return _hasStarted = TryTake(ref bytes, typeBytes: 0, out message);
    }

    /// <inheritdoc cref="TryTakeFromClient"/>
    public static bool TryTakeFromServer(ref ReadOnlySequence<byte> bytes, out byte[] message) => TryTake(ref bytes, typeBytes: 1, out message);

    /// <summary>Where a batch is when the client has said this; null for no place that anybody waits for.</summary>
    public ProxyPlace? OfClient(byte[] message)
    {
        var (kind, place) = ((char)message[0], _isBetweenTrips ? ProxyPlace.BetweenTrips : (ProxyPlace?)null);
        _isBetweenTrips = false;
        if (kind == 'P')
        {
            var name = Text(message, HeaderBytes);
            _statements[name] = Text(message, HeaderBytes + Encoding.UTF8.GetByteCount(name) + 1);
        }
        else if (kind == 'B' && _statements.TryGetValue(Text(message, HeaderBytes + Encoding.UTF8.GetByteCount(Text(message, HeaderBytes)) + 1), out var sql))
        {
            if (sql == "BEGIN") _isWriting = true;
            if (sql.Contains("UPDATE head", StringComparison.Ordinal))
            {
                _movesHead = true;
                place = ProxyPlace.BeforeCommit;
            }
        }

        return place;
    }

    /// <summary>The same of what the server has said.</summary>
    public ProxyPlace? OfServer(byte[] message)
    {
        switch ((char)message[0])
        {
            case 'C' when _movesHead && Text(message, HeaderBytes) == "COMMIT":
                return ProxyPlace.AfterCommit;
            case 'Z':
                var isInTransaction = message[HeaderBytes] == (byte)'T';
                _isBetweenTrips = isInTransaction && _isWriting;
                if (!isInTransaction) _isWriting = _movesHead = false;
                return null;
            default:
                return null;
        }
    }

    public static bool IsNotification(byte[] message) => message[0] == (byte)'A';

    private static bool TryTake(ref ReadOnlySequence<byte> bytes, int typeBytes, out byte[] message)
    {
        message = [];
        if (bytes.Length < typeBytes + sizeof(int)) return false;
        Span<byte> length = stackalloc byte[sizeof(int)];
        bytes.Slice(typeBytes, sizeof(int)).CopyTo(length);
        var whole = typeBytes + BinaryPrimitives.ReadInt32BigEndian(length);
        if (bytes.Length < whole) return false;
        message = bytes.Slice(0, whole).ToArray();
        bytes = bytes.Slice(whole);
        return true;
    }

    private static string Text(byte[] message, int start)
    {
        var rest = message.AsSpan(start);
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}
